import { field, isFields, list, text, texts } from "./fields.ts";
import { afterPatch, patchesOf } from "./kustomize-patches.ts";
import type { Manifest } from "./manifest.ts";
import type { ParsedFile } from "./parse-manifests.ts";
import { type Gap, joined, type ReportGap, type Unit } from "./unit.ts";

export const generators = ["helmCharts", "helmChartInflationGenerator", "generators"];
export const transformers = ["transformers", "replacements", "vars"];

/** What was read: files and kustomizations by their paths and folders. */
export interface Sources {
  readonly tree: ReadonlyMap<string, ParsedFile>;
  readonly kustomizations: ReadonlyMap<string, Manifest>;
}

export interface Building extends Sources {
  readonly files: Set<string>;
  readonly gaps: Gap[];
  /** The folders on the way here, against builds that contain themselves. */
  readonly within: readonly string[];
}

/** What `kustomize build FOLDER` would make of the objects, as far as that is understood here. */
export function buildUnit(folder: string, sources: Sources): Unit {
  const files = new Set<string>();
  const gaps: Gap[] = [];
  const manifests = accumulate(folder, [], { ...sources, files, gaps, within: [] });
  return { name: folder, manifests, files, gaps };
}

function accumulate(folder: string, before: readonly Manifest[], building: Building): readonly Manifest[] {
  const own = building.kustomizations.get(folder);
  if (own === undefined || building.within.includes(folder)) return before;
  building.files.add(own.file);
  const inner: Building = { ...building, within: [...building.within, folder] };
  const gap = (key: string, summary: string, affects: Gap["affects"]): void =>
    void building.gaps.push({ at: own, field: key, summary, affects });
  const paths = [...texts(own.value, "resources"), ...texts(own.value, "bases")];
  let manifests: readonly Manifest[] = [...before, ...paths.flatMap((path) => resource(folder, path, inner, gap))];
  for (const path of texts(own.value, "components")) {
    if (building.kustomizations.has(joined(folder, path)))
      manifests = accumulate(joined(folder, path), manifests, inner);
    else gap("components", `the component ${path} is not among what was read`, "fields");
  }
  for (const key of generators.filter((each) => field(own.value, each) !== undefined)) {
    gap(key, `${key} makes objects that are not read here`, "objects");
  }
  const changes = transformers.filter((each) => field(own.value, each) !== undefined);
  for (const key of changes) gap(key, `${key} changes objects in ways that are not read here`, "fields");
  for (const patch of patchesOf(folder, own, building, gap)) {
    manifests = manifests.map((each) => afterPatch(each, patch, gap));
  }
  return manifests.map((each) => transformed(each, own, changes[0]));
}

function resource(folder: string, path: string, building: Building, gap: ReportGap): readonly Manifest[] {
  const target = joined(folder, path);
  if (building.kustomizations.has(target)) return accumulate(target, [], building);
  const file = building.tree.get(target);
  if (file === undefined) {
    gap("resources", `${path} is not among what was read`, "objects");
    return [];
  }
  building.files.add(target);
  return file.manifests;
}

const clusterWide = new Set([
  "Namespace",
  "ClusterRole",
  "ClusterRoleBinding",
  "PersistentVolume",
  "StorageClass",
  "PriorityClass",
  "ValidatingWebhookConfiguration",
  "MutatingWebhookConfiguration",
  "ClusterSecretStore",
  "ClusterExternalSecret",
]);

function transformed(manifest: Manifest, own: Manifest, change: string | undefined): Manifest {
  const namespace = text(own.value, "namespace");
  const isMoved = namespace !== undefined && !clusterWide.has(manifest.kind);
  const count = list(own.value, "replicas").find((each) => text(each, "name") === manifest.name);
  const spec = manifest.value["spec"];
  const isScaled = count !== undefined && isFields(spec);
  return {
    ...manifest,
    ...(isMoved ? { namespace } : {}),
    ...(isScaled ? { value: { ...manifest.value, spec: { ...spec, replicas: field(count, "count") } } } : {}),
    ...(change === undefined ? {} : { uncertain: `${own.file} has ${change}, which may change it` }),
  };
}
