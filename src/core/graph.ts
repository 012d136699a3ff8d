import type { Limiter } from "./bounded.ts";

export interface DependencyNode {
  readonly id: string;
  readonly needs: readonly DependencyNode[];
}

/**
 * Sorts every node after the nodes that it needs, and otherwise keeps the given order. Throws if there is a cycle, a
 * duplicate id, or a missing need.
 */
export function inOrder<N extends DependencyNode>(nodes: readonly N[]): N[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  if (byId.size !== nodes.length) throw new Error("two nodes have the same id");
  const ordered: N[] = [];
  const state = new Map<string, "open" | "done">();
  const visit = (node: N, path: readonly string[]): void => {
    if (state.get(node.id) === "done") return;
    if (state.get(node.id) === "open") throw new Error(`a cycle: ${[...path, node.id].join(" → ")}`);
    state.set(node.id, "open");
    for (const { id } of node.needs) {
      const need = byId.get(id);
      if (need === undefined) throw new Error(`${node.id} needs ${id}, which does not exist`);
      visit(need, [...path, node.id]);
    }
    state.set(node.id, "done");
    ordered.push(node);
  };
  for (const node of nodes) visit(node, []);
  return ordered;
}

/**
 * Visits every node once, after the nodes that it needs, each in a slot of its limiter. A visit returns whether it
 * succeeded, and each node gets the ids of its needs that failed. An error that a visit throws is thrown after all
 * running visits have ended.
 */
export async function walk<N extends DependencyNode>(
  nodes: readonly N[],
  slotOf: (node: N) => Limiter,
  visit: (node: N, failedNeeds: readonly string[]) => Promise<boolean>,
): Promise<void> {
  const visits = new Map<string, Promise<boolean>>();
  for (const node of inOrder(nodes)) {
    const needs = node.needs.map(async ({ id }) => ({ id, fine: await visits.get(id) }));
    const visited = Promise.all(needs).then((ended) =>
      slotOf(node)(() =>
        visit(
          node,
          ended.filter((need) => !need.fine).map((need) => need.id),
        ),
      ),
    );
    visits.set(node.id, visited);
  }
  const ended = await Promise.allSettled(visits.values());
  const thrown = ended.find((each) => each.status === "rejected");
  if (thrown !== undefined) throw thrown.reason;
}
