import { type DirectedEdge, reachedBy, reaching, type Ways, waysOf } from "./reach.ts";

/**
 * A cycle of each group of nodes that all reach each other, as the edges along it: a shortest one of those through
 * the group's first node by name.
 */
export function cyclesIn<E extends DirectedEdge>(edges: readonly E[]): readonly (readonly E[])[] {
  const ways = waysOf(edges);
  const told = new Set<string>();
  const nodes = [...new Set(edges.map(({ from }) => from))].sort();
  return nodes.flatMap((start) => {
    const cycle = told.has(start) ? undefined : shortestBack(start, ways);
    if (cycle === undefined) return [];
    const before = reaching(start, ways);
    for (const node of reachedBy(start, ways)) if (before.has(node)) told.add(node);
    return [cycle];
  });
}

/** The fewest edges that lead from a node back to it. */
function shortestBack<E extends DirectedEdge>(start: string, { leaving }: Ways<E>): readonly E[] | undefined {
  const wayTo = new Map<string, readonly E[]>([[start, []]]);
  for (const [node, way] of wayTo) {
    for (const edge of leaving(node)) {
      if (edge.to === start) return [...way, edge];
      if (!wayTo.has(edge.to)) wayTo.set(edge.to, [...way, edge]);
    }
  }
  return undefined;
}
