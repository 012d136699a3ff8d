export interface DirectedEdge {
  readonly from: string;
  readonly to: string;
}

/** Edges by the node where they begin, and by the node where they end. */
export interface Ways<E extends DirectedEdge> {
  leaving(node: string): readonly E[];
  arriving(node: string): readonly E[];
}

export function waysOf<E extends DirectedEdge>(edges: readonly E[]): Ways<E> {
  const leaving = new Map<string, E[]>();
  const arriving = new Map<string, E[]>();
  const put = (map: Map<string, E[]>, node: string, edge: E): void => {
    const known = map.get(node);
    if (known === undefined) map.set(node, [edge]);
    else known.push(edge);
  };
  for (const edge of edges) {
    put(leaving, edge.from, edge);
    put(arriving, edge.to, edge);
  }
  return { leaving: (node) => leaving.get(node) ?? [], arriving: (node) => arriving.get(node) ?? [] };
}

/** Returns a node and everything that can be reached from it. */
export function reachedBy<E extends DirectedEdge>(start: string, { leaving }: Ways<E>): ReadonlySet<string> {
  return reach(start, (node) => leaving(node).map(({ to }) => to));
}

/** Returns a node and everything that can reach it. */
export function reaching<E extends DirectedEdge>(start: string, { arriving }: Ways<E>): ReadonlySet<string> {
  return reach(start, (node) => arriving(node).map(({ from }) => from));
}

function reach(start: string, next: (node: string) => readonly string[]): ReadonlySet<string> {
  const seen = new Set([start]);
  for (const node of seen) for (const each of next(node)) seen.add(each);
  return seen;
}
