import type { Limiter } from "./bounded.ts";
import { type DependencyNode, walk } from "./graph.ts";
import type { ResourceNode } from "./resource-graph.ts";

interface UserNode<W> extends DependencyNode {
  readonly node: ResourceNode<W>;
  readonly needs: readonly UserNode<W>[];
}

/**
 * Reads what uses `removed` in regions that are no part of the graph, after what it needs there: a source that is removed
 * has its replicas in other regions. `graph` was read already, apart from what `isUnread` names.
 */
export async function readUsersElsewhere<W>(
  removed: readonly ResourceNode<W>[],
  graph: readonly ResourceNode<W>[],
  slotOf: (node: ResourceNode<W>) => Limiter,
  read: (node: ResourceNode<W>, failedNeeds: readonly string[]) => Promise<boolean>,
  isUnread: (node: ResourceNode<W>) => boolean,
): Promise<void> {
  const known = new Set(graph);
  const more = new Map<ResourceNode<W>, UserNode<W>>();
  const add = (node: ResourceNode<W>): UserNode<W> => {
    const before = more.get(node);
    if (before !== undefined) return before;
    const own = { id: node.id, node, needs: node.needs.filter((need) => !known.has(need)).map(add) };
    more.set(node, own);
    return own;
  };
  for (const { usersElsewhere } of removed) usersElsewhere.forEach(add);
  const slotOfUser = ({ node }: UserNode<W>): Limiter => slotOf(node);
  await walk([...more.values()], slotOfUser, ({ node }, failedNeeds) => {
    const before = node.needs.filter((need) => known.has(need) && isUnread(need));
    return read(node, [...failedNeeds, ...before.map(({ id }) => id)]);
  });
}
