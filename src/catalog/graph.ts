import type { LocatedFinding, SourceLocation } from "../core/finding.ts";
import { catalogFacts, catalogFinding } from "./catalog-facts.ts";
import type { Catalog } from "./catalog.ts";
import { cyclesIn } from "./cycles.ts";
import { reachedBy, reaching, waysOf } from "./reach.ts";

/** The graph of calls, as the catalogue declares them. */
export interface CallGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

export interface GraphNode {
  readonly name: string;
  readonly domain?: string;
  readonly owner?: string;
  /** False for a dependency that no catalog-info.yaml declares. */
  readonly inCatalog: boolean;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** Whether both domains are known and different. */
  readonly crossDomain: boolean;
  /** Where the caller declares it. */
  readonly location: SourceLocation;
}

export function graphOf(catalog: Catalog): CallGraph {
  const nodes = new Map<string, GraphNode>();
  for (const { name, domain, owner } of catalog.services) {
    nodes.set(name, { name, ...(domain && { domain }), ...(owner && { owner }), inCatalog: true });
  }
  const edges = catalog.services.flatMap(({ name: from, domain, dependsOn }) =>
    dependsOn.map(({ name, location }): GraphEdge => {
      const target = catalog.find(name);
      const to = target?.name ?? name;
      if (target === undefined) nodes.set(to, { name: to, inCatalog: false });
      const crossDomain = domain !== undefined && target?.domain !== undefined && target.domain !== domain;
      return { from, to, crossDomain, location };
    }),
  );
  return { nodes: [...nodes.values()].sort((one, other) => (one.name < other.name ? -1 : 1)), edges };
}

/** Returns the part of the graph that a service reaches or that reaches it. */
export function around({ nodes, edges }: CallGraph, name: string): CallGraph {
  const ways = waysOf(edges);
  const near = new Set([...reachedBy(name, ways), ...reaching(name, ways)]);
  return {
    nodes: nodes.filter((node) => near.has(node.name)),
    edges: edges.filter(({ from, to }) => near.has(from) && near.has(to)),
  };
}

/** Returns findings for dependencies that are not in the catalogue. */
export function missingDependencies({ nodes, edges }: CallGraph): readonly LocatedFinding[] {
  const absent = new Set(nodes.filter(({ inCatalog }) => !inCatalog).map(({ name }) => name));
  return edges
    .filter(({ to }) => absent.has(to))
    .map(({ from, to, location }) => {
      const summary = `depends on ${to}, which no catalog-info.yaml here declares`;
      return catalogFinding(catalogFacts.dependency, `service ${from}`, summary, location);
    });
}

/** Returns findings for cycles of dependencies, each located where the cycle closes. */
export function circles({ edges }: CallGraph): readonly LocatedFinding[] {
  return cyclesIn(edges).flatMap((cycle) => {
    const closing = cycle.at(-1);
    if (closing === undefined) return [];
    const summary = `closes a cycle: ${[...cycle.map(({ from }) => from), closing.to].join(" → ")}`;
    return [catalogFinding(catalogFacts.cycle, `service ${closing.from}`, summary, closing.location)];
  });
}
