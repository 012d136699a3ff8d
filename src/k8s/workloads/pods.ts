import { hasCondition } from "../../core/kubernetes/object.ts";
import { isAlive, ownerOf, type PodObject } from "../../core/kubernetes/pod.ts";
import type { Consumer, ConsumerPod } from "./port.ts";

/** Returns what callers see of a pod; undefined for one that has ended or is being deleted. */
export function runningPod(pod: PodObject): ConsumerPod | undefined {
  if (!isAlive(pod)) return undefined;
  const { namespace = "default", name, annotations = {}, creationTimestamp = "" } = pod.metadata;
  return { namespace, name, annotations, ready: hasCondition(pod, "Ready"), createdAt: Date.parse(creationTimestamp) };
}

/** Returns whether a pod belongs to a workload. Labels are not enough: a Job's pods may have those of a Deployment. */
export function isOwnedBy(pod: PodObject, { kind, name }: Pick<Consumer, "kind" | "name">): boolean {
  const owner = ownerOf(pod);
  // A pod without an owner is about to be adopted by the workload whose selector matches it.
  if (owner === undefined) return true;
  // Without a hash, only the name of the ReplicaSet is known. With one, orders-api-6f7 is not mistaken for a pod of
  // orders.
  const isHashed = pod.metadata.labels?.["pod-template-hash"] !== undefined;
  if (kind === "Deployment" && owner.kind === "ReplicaSet" && !isHashed) return owner.name.startsWith(`${name}-`);
  return owner.kind === kind && owner.name === name;
}
