import type { MeshPod } from "../../k8s/istio/port.ts";
import { ownerOf } from "../../core/kubernetes/pod.ts";

/** The workload of pods in the mesh. */
export interface MeshWorkload {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Returns the workload of a pod: its owner, or the pod itself if it has none. */
export function workloadOf({ object }: Pick<MeshPod, "object">): MeshWorkload {
  const { namespace = "default", name } = object.metadata;
  const owner = ownerOf(object) ?? { kind: "Pod", name };
  return { kind: owner.kind, namespace, name: owner.name };
}

/** `deployment shop/orders` */
export function sayWorkload({ kind, namespace, name }: MeshWorkload): string {
  return `${kind.toLowerCase()} ${namespace}/${name}`;
}

export function podName({ object: { metadata } }: Pick<MeshPod, "object">): string {
  return `${metadata.namespace}/${metadata.name}`;
}

/** Sorts what belongs to pods by their names, so that results do not depend on which answer came first. */
export function inOrderOfPods<T>(things: readonly T[], podOf: (thing: T) => Pick<MeshPod, "object">): readonly T[] {
  return things.toSorted((one, other) => (podName(podOf(one)) < podName(podOf(other)) ? -1 : 1));
}
