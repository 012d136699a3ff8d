import { posix } from "node:path";
import { entityReference, domainOf } from "../core/entity.ts";
import { texts } from "./fields.ts";
import type { Manifest } from "./manifest.ts";
import type { Tree } from "./tree.ts";
import type { Unit } from "./unit.ts";

/** Returns the dependencies of a component or resource, with their locations: `component:payments` → payments. */
export function dependenciesOn(entity: Manifest, kind: string): readonly { name: string; index: number }[] {
  return texts(entity.value, "spec", "dependsOn").flatMap((reference, index) => {
    const found = entityReference(reference);
    return found?.kind === kind ? [{ name: found.name, index }] : [];
  });
}

/** Returns the business domain of an entity. */
export function domainIn(tree: Tree, entity: Manifest): string | undefined {
  return domainOf(entity, tree.entities("System"));
}

/**
 * Returns the units of a component: those in the folder of its catalog-info.yaml, otherwise those with objects in its
 * namespace.
 */
export function unitsOfComponent(component: Manifest, tree: Tree): readonly Unit[] {
  const units = known.get(component) ?? findUnits(component, tree);
  known.set(component, units);
  return units;
}

/** The result for a component of a tree is shared by all its units. */
const known = new WeakMap<Manifest, readonly Unit[]>();

function findUnits(component: Manifest, tree: Tree): readonly Unit[] {
  const folder = posix.dirname(component.file);
  const isBelow = (unit: Unit): boolean =>
    (folder === "." || unit.name === folder || unit.name.startsWith(`${folder}/`)) && unit.manifests.some(isApplied);
  const isShared = tree
    .entities("Component")
    .some((other) => other.name !== component.name && posix.dirname(other.file) === folder);
  const below = isShared ? [] : tree.units.filter(isBelow);
  if (below.length > 0) return below;
  return tree.units.filter(({ manifests }) => manifests.some(({ namespace }) => namespace === component.name));
}

/** Entities are read by the catalogue; everything else is applied to a cluster. */
function isApplied({ group }: Manifest): boolean {
  return group !== "backstage.io";
}

/**
 * Returns the component that an object belongs to: the nearest catalog-info.yaml in its parent folders, otherwise the
 * component named by its namespace.
 */
export function componentOf(manifest: Manifest, tree: Tree): Manifest | undefined {
  const components = tree.entities("Component");
  const above = components
    .filter(({ file }) => isWithin(posix.dirname(file), manifest.file))
    .sort((one, other) => other.file.split("/").length - one.file.split("/").length);
  const depth = above[0]?.file.split("/").length;
  const nearest = above.filter(({ file }) => file.split("/").length === depth);
  if (nearest.length === 1) return nearest[0];
  return components.find(({ name }) => name === manifest.namespace);
}

function isWithin(folder: string, file: string): boolean {
  return folder === "." ? !file.startsWith("../") : file.startsWith(`${folder}/`);
}
