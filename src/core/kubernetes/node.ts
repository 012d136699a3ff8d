import { type Condition, hasCondition, type KubeObject } from "./object.ts";

/** The fields of a Node that gennet reads. https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/node-v1/ */
export interface NodeObject extends KubeObject {
  readonly spec?: { readonly unschedulable?: boolean };
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly nodeInfo?: { readonly kubeletVersion?: string };
  };
}

/** Returns the names of the nodes that are not ready. */
export function unreadyNodes(nodes: readonly NodeObject[]): ReadonlySet<string> {
  return new Set(nodes.filter((node) => !hasCondition(node, "Ready")).map(({ metadata }) => metadata.name));
}
