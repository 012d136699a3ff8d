import { isSameObject, type Manifest } from "./manifest.ts";
import type { Unit } from "./unit.ts";

/**
 * Returns whether a folder contains alternatives: files that declare the same object, so that they cannot all be
 * applied.
 */
export function areAlternatives({ manifests }: Unit): boolean {
  const files = new Map<string, string>();
  return manifests.some(({ group, kind, namespace, name, file }) => {
    const key = [group, kind, namespace, name].join(" ");
    const first = files.get(key) ?? file;
    files.set(key, first);
    return first !== file;
  });
}

/**
 * Returns what is certainly applied together with an object of the unit. In a folder of alternatives, only its own
 * file.
 */
export function appliedWith(manifest: Manifest, unit: Unit): readonly Manifest[] {
  return areAlternatives(unit) ? unit.manifests.filter(({ file }) => file === manifest.file) : unit.manifests;
}

/**
 * Returns each object once, because a cluster can only have one of several declarations of the same object. Keeps the
 * first.
 */
export function withoutDuplicates(manifests: readonly Manifest[]): readonly Manifest[] {
  return manifests.filter((each, at) => manifests.findIndex((other) => isSameObject(other, each)) === at);
}
