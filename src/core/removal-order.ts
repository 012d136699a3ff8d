import type { DependencyNode } from "./graph.ts";
import type { ResourceNode } from "./resource-graph.ts";

/** A resource that is not wanted, in the graph of removals: it can go once nothing needs it any more. */
export interface RemovalNode<W> extends DependencyNode {
  readonly node: ResourceNode<W>;
  /** What is not wanted either, and needs it: it goes first. */
  readonly needs: readonly RemovalNode<W>[];
  /** What needs it and stays, or is not changed in this run. */
  readonly usedBy: readonly ResourceNode<W>[];
}

/** Returns the graph of what is removed, turned round: a resource needs the removal of those that need it. */
export function removalOrder<W>(nodes: readonly ResourceNode<W>[]): readonly RemovalNode<W>[] {
  const made = new Map<string, RemovalNode<W>>();
  const reversed: RemovalNode<W>[] = [];
  for (const node of nodes.toReversed()) {
    if (node.wanted) continue;
    const users = nodes.filter((other) => other.needs.includes(node));
    const removal: RemovalNode<W> = {
      id: node.id,
      node,
      needs: users.flatMap((user) => made.get(user.id) ?? []),
      usedBy: users.filter(({ wanted, chosen }) => wanted || !chosen),
    };
    made.set(node.id, removal);
    reversed.push(removal);
  }
  return reversed;
}
