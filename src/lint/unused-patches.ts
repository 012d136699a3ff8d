import { posix } from "node:path";
import { field, isFields, text } from "./fields.ts";
import type { Kustomizations } from "./kustomization.ts";
import { isKind, type Manifest } from "./manifest.ts";
import { allContainersOf } from "./workloads.ts";

/**
 * Whether an object is a patch that nothing applies: it lies below a kustomization that does not use it, and lacks what
 * the API server wants of its kind. Kubebuilder's scaffolds keep such files for later, commented out of `patches`.
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
