import { AppError } from "../core/error.ts";
import { condition, type NodeObject } from "./kube-objects.ts";

/**
 * The names of the nodes that are not ready. Empty for a user who may not read nodes, who is still told what is wrong,
 * only not that a node is why.
 */
export async function lostNodes(nodes: () => Promise<readonly NodeObject[]>): Promise<ReadonlySet<string>> {
  try {
    return new Set((await nodes()).filter((node) => !isReady(node)).map((node) => node.metadata.name));
  } catch (error) {
    if (error instanceof AppError) return new Set();
    throw error;
  }
}

/** What findings about a node call it. */
export function nodeKey(name: string): string {
  return `node ${name}`;
}

export function isReady(node: NodeObject): boolean {
  return condition(node, "Ready")?.status === "True";
}
