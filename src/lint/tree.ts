import { isKind, type Manifest } from "./manifest.ts";
import type { Unreadable } from "./parse-manifests.ts";
import type { ReadTree } from "./read-tree.ts";
import type { Gap, Unit } from "./unit.ts";
import { kustomizationsIn, unitsOf } from "./units.ts";
import { isKustomizationFile } from "./kustomization.ts";

/** Everything that was read, grouped into units. */
export interface Tree {
  readonly units: readonly Unit[];
  /** Every object as its file declares it, before patches. */
  readonly declared: readonly Manifest[];
  readonly kustomizations: readonly Manifest[];
  /** YAML that is not a Kubernetes object, such as a chart's values. */
  readonly plain: readonly Manifest[];
  /** Returns the catalogue's entities of a kind. */
  entities(kind: string): readonly Manifest[];
  readonly unreadable: readonly Unreadable[];
  readonly gaps: readonly Gap[];
  /** If no object was read at all: the path, and the links that were not followed. */
  readonly nothingIn: Pick<ReadTree, "path" | "passedOver"> | undefined;
  /** Returns what may be applied together with a unit: itself, and every other unit not made from the same files. */
  beside(unit: Unit): readonly Manifest[];
  /** Returns why unread objects of these kinds may exist beside a unit; undefined if everything was read. */
  unseen(unit: Unit, kinds: readonly string[]): string | undefined;
}

export function treeOf(read: ReadTree): Tree {
  const units = unitsOf(read);
  const files = [...read.files, ...read.borrowed];
  const together = remembered((unit: Unit) => units.filter((other) => other === unit || !shareFiles(unit, other)));
  const beside = remembered((unit: Unit) => together(unit).flatMap(({ manifests }) => manifests));
  const unreadable = files.flatMap((file) => file.unreadable);
  const declared = files.flatMap(({ manifests }) => manifests);
  const gaps = [...new Map(units.flatMap((unit) => unit.gaps).map((gap) => [JSON.stringify(gap), gap])).values()];
  const found = declared.length + units.flatMap(({ manifests }) => manifests).length;
  const definitions = files.reduce((sum, file) => sum + file.definitions, 0);
  const isEmpty = found + definitions + unreadable.length + gaps.length === 0;
  return {
    units,
    declared,
    plain: files.flatMap(({ file, others }) => (isKustomizationFile(file) ? [] : others)),
    entities: remembered((kind: string) => declared.filter((each) => isKind(each, "backstage.io", kind))),
    kustomizations: [...kustomizationsIn(files).values()].map(({ manifest }) => manifest),
    unreadable,
    gaps,
    nothingIn: isEmpty ? read : undefined,
    beside,
    unseen(unit, kinds) {
      const [gap] = unit.gaps;
      if (gap !== undefined) return gap.summary;
      const unread = unreadable.find(({ mentions }) => kinds.some((kind) => mentions.has(kind)));
      return unread && `${unread.location.file} contains one that could not be read`;
    },
  };
}

/** Overlays of the same base are alternatives: no cluster has both. */
function shareFiles(one: Unit, other: Unit): boolean {
  return [...one.files].some((file) => other.files.has(file));
}

function remembered<K, V>(answer: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const value = known.get(key) ?? answer(key);
    known.set(key, value);
    return value;
  };
}
