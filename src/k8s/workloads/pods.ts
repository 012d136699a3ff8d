import type { KubeObject } from "../port.ts";
import type { Consumer, ConsumerPod } from "./port.ts";
import type { PodSpec } from "./secret-uses.ts";

/** The fields of a Pod that matter here. */
export interface PodObject extends KubeObject {
  readonly spec?: PodSpec;
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

interface Owner {
  readonly kind: string;
  readonly name: string;
  readonly controller?: boolean;
}

/** Undefined for a pod that has ended or is being deleted. */
export function runningPod({ metadata, status }: PodObject): ConsumerPod | undefined {
  const over = status?.phase === "Succeeded" || status?.phase === "Failed";
  if (over || metadata["deletionTimestamp"] !== undefined) return undefined;
  return {
    namespace: metadata.namespace ?? "default",
    name: metadata.name,
    annotations: metadata.annotations ?? {},
    ready: status?.conditions?.some((each) => each.type === "Ready" && each.status === "True") === true,
    createdAt: Date.parse(metadata.creationTimestamp ?? ""),
  };
}

export function ownerOf({ metadata }: KubeObject): Owner | undefined {
  return ((metadata["ownerReferences"] ?? []) as readonly Owner[]).find(({ controller }) => controller === true);
}

/** Labels alone do not tell: a Job's pods may have those of a Deployment. */
export function isOwnedBy(pod: KubeObject, { kind, name }: Pick<Consumer, "kind" | "name">): boolean {
  const owner = ownerOf(pod);
  // A pod without an owner is about to be adopted by what its labels match.
  if (owner === undefined) return true;
  if (kind === "Deployment") {
    // The ReplicaSet of another Deployment may begin with the same name: orders-api-6f7 is none of orders.
    const hash = pod.metadata.labels?.["pod-template-hash"];
    const isNamed = hash === undefined ? owner.name.startsWith(`${name}-`) : owner.name === `${name}-${hash}`;
    return owner.kind === "ReplicaSet" && isNamed;
  }
  return owner.kind === kind && owner.name === name;
}
