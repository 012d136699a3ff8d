import { posix } from "node:path";
import { field, isFields, text } from "./fields.ts";
import type { Kustomizations } from "./kustomization.ts";
import { isKind, type Manifest } from "./manifest.ts";
import { allContainersOf } from "./workloads.ts";

/**
 * Returns whether an object is an unused patch: it is inside a kustomization's folder but not used by it, and lacks
 * fields that the API server requires for its kind. Kubebuilder's scaffolds include such files, commented out of
 * `patches`.
 */
export function isUnusedPatch(manifest: Manifest, all: Kustomizations): boolean {
  return isIncomplete(manifest) && isBelow(posix.dirname(manifest.file), all);
}

function isBelow(folder: string, all: Kustomizations): boolean {
  if (all.has(folder)) return true;
  const parent = posix.dirname(folder);
  return parent !== folder && isBelow(parent, all);
}

function isIncomplete(manifest: Manifest): boolean {
  const { value } = manifest;
  const lacks = (...path: readonly string[]): boolean => field(value, "spec", ...path) === undefined;
  if (isKind(manifest, "policy", "PodDisruptionBudget")) return lacks("selector");
  if (isKind(manifest, "networking.istio.io", "DestinationRule")) return lacks("host");
  if (isKind(manifest, "argoproj.io", "Application")) return lacks("destination");
  if (isKind(manifest, "argoproj.io", "ApplicationSet")) return lacks("template", "spec", "destination");
  if (isKind(manifest, "external-secrets.io", "ExternalSecret")) return lacks("data") && lacks("dataFrom");
  const isSelective = manifest.group === "apps" || isKind(manifest, "argoproj.io", "Rollout");
  if (isSelective && lacks("selector") && lacks("workloadRef")) return isFields(field(value, "spec"));
  const containers = allContainersOf(manifest);
  return containers.length > 0 && containers.every((each) => text(each.value, "image") === undefined);
}
