import { posix } from "node:path";
import { entityReference, domainOf } from "../core/entity.ts";
import type { LocatedFinding, SourceLocation } from "../core/finding.ts";
import { field, list, text } from "../core/fields.ts";
import { catalogFacts, catalogFinding } from "./catalog-facts.ts";
import type { CatalogEntity } from "./read-entities.ts";

/** A component that runs: any except a library. */
export interface CatalogService {
  /** With its namespace (`web/shop`), unless it is the default one. */
  readonly name: string;
  /** The component's own type: `service`, `website`, … */
  readonly type?: string;
  readonly description?: string;
  readonly lifecycle?: string;
  /** The business domain: from its own label `domain`, otherwise from its system. */
  readonly domain?: string;
  readonly owner?: string;
  /** From its annotation `gennet/regions`. */
  readonly regions: readonly string[];
  /** The services that it calls, without duplicates, as declared. */
  readonly dependsOn: readonly Dependency[];
  /** References to its other dependencies, such as `resource:orders-db`. */
  readonly resources: readonly string[];
  /** The folder of its catalog-info.yaml, relative to the current one. */
  readonly path: string;
  readonly location: SourceLocation;
}

export interface Dependency {
  readonly name: string;
  /** Where it is declared. */
  readonly location: SourceLocation;
}

/** Returns whether a component takes part in calls; a dependency on a library is not a call. */
export function isCall({ value }: CatalogEntity): boolean {
  return field(value, "spec", "type") !== "library";
}

/** Returns the display name of an entity, with its namespace unless it is the default one. */
export function shownName(namespace: string, name: string): string {
  return namespace === "default" ? name : `${namespace}/${name}`;
}

/** Returns the service that a component declares. `libraries` are the names of dependencies that are not calls. */
export function serviceOf(
  entity: CatalogEntity,
  systems: readonly CatalogEntity[],
  libraries: ReadonlySet<string>,
): { readonly service: CatalogService; readonly findings: readonly LocatedFinding[] } {
  const { value, namespace, locate } = entity;
  const name = shownName(namespace, entity.name);
  const dependsOn = new Map<string, Dependency>();
  const resources: string[] = [];
  const findings: LocatedFinding[] = [];
  for (const [index, written] of list(value, "spec", "dependsOn").entries()) {
    const location = locate(["spec", "dependsOn", index]);
    const reference = typeof written === "string" ? entityReference(written) : undefined;
    if (typeof written !== "string" || reference?.kind === undefined) {
      const summary = `depends on ${JSON.stringify(written)}, which is not a reference to an entity`;
      findings.push(catalogFinding(catalogFacts.reference, `service ${name}`, summary, location));
      continue;
    }
    const target = shownName(reference.namespace ?? namespace, reference.name);
    const key = target.toLowerCase();
    if (reference.kind !== "component" || libraries.has(key)) resources.push(written);
    else if (!dependsOn.has(key)) dependsOn.set(key, { name: target, location });
  }
  const regions = text(value, "metadata", "annotations", "gennet/regions") ?? "";
  return {
    service: {
      name,
      ...optional("type", text(value, "spec", "type")),
      ...optional("description", text(value, "metadata", "description")),
      ...optional("lifecycle", text(value, "spec", "lifecycle")),
      ...optional("domain", domainOf(entity, systems)),
      ...optional("owner", text(value, "spec", "owner")),
      regions: regions
        .split(",")
        .map((region) => region.trim())
        .filter((region) => region !== ""),
      dependsOn: [...dependsOn.values()],
      resources,
      path: posix.dirname(locate([]).file),
      location: locate(["metadata", "name"]),
    },
    findings,
  };
}

function optional<K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: string });
}
