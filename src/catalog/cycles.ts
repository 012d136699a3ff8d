import { type DirectedEdge, reachedBy, reaching, type Ways, waysOf } from "./reach.ts";

/**
 * Returns one cycle for each group of nodes that all reach each other, as its edges: a shortest one through the group's
 * first node by name.
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

/** Returns the shortest path from a node back to itself. */
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
