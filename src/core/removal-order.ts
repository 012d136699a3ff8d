import { type DependencyNode, inOrder } from "./graph.ts";
import { isRemovedBefore, type ResourceNode } from "./resource-graph.ts";

/** A resource that is not wanted, in the graph of removals: it can go once nothing needs it any more. */
export interface RemovalNode<W> extends DependencyNode {
  readonly node: ResourceNode<W>;
  /** What is not wanted either, and goes first. */
  readonly needs: readonly RemovalNode<W>[];
  /** What needs it and stays, or is not changed in this run. */
  readonly usedBy: readonly ResourceNode<W>[];
}

/** Returns the graph of what is removed, turned round: a resource needs the removal of those that need it. */
export function removalOrder<W>(nodes: readonly ResourceNode<W>[]): readonly RemovalNode<W>[] {
  const removals = nodes
    .toReversed()
    .filter(({ wanted }) => !wanted)
    .map((node) => {
      const users = nodes.filter((other) => isRemovedBefore(node, other));
      const staying = users.filter(({ wanted, chosen }) => wanted || !chosen);
      const needs: RemovalNode<W>[] = [];
      return { id: node.id, node, users, needs, usedBy: [...staying, ...node.usersElsewhere] };
    });
  const made = new Map(removals.map((removal) => [removal.id, removal]));
  for (const { users, needs } of removals) needs.push(...users.flatMap(({ id }) => made.get(id) ?? []));
  return inOrder(removals);
}
