import { AppError } from "../core/error.ts";
import { type NodeObject, unreadyNodes } from "../core/kubernetes/node.ts";

/**
 * Returns the names of the nodes that are not ready. Empty if the user may not read nodes: findings then still show
 * what is wrong, but not that a node is the cause.
 */
export async function lostNodes(nodes: () => Promise<readonly NodeObject[]>): Promise<ReadonlySet<string>> {
  try {
    return unreadyNodes(await nodes());
  } catch (error) {
    if (error instanceof AppError) return new Set();
    throw error;
  }
}

/** Returns the key of a node in findings. */
export function nodeKey(name: string): string {
  return `node ${name}`;
}
