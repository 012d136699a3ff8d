import { isSameObject, type Manifest } from "./manifest.ts";
import type { Unit } from "./unit.ts";

/** Whether a folder's files cannot all be applied, for some declare the same object: samples to choose from. */
export function areAlternatives({ manifests }: Unit): boolean {
  const files = new Map<string, string>();
  return manifests.some(({ group, kind, namespace, name, file }) => {
    const key = [group, kind, namespace, name].join(" ");
    const first = files.get(key) ?? file;
    files.set(key, first);
    return first !== file;
  });
}

/** What is certainly applied with an object of the unit: of a folder of alternatives, its own file. */
export function appliedWith(manifest: Manifest, unit: Unit): readonly Manifest[] {
  return areAlternatives(unit) ? unit.manifests.filter(({ file }) => file === manifest.file) : unit.manifests;
}

/** Returns each object once: of several declarations of one object a cluster has only one. The first is kept. */
export function withoutDuplicates(manifests: readonly Manifest[]): readonly Manifest[] {
  return manifests.filter((each, at) => manifests.findIndex((other) => isSameObject(other, each)) === at);
}
