import type { Cluster, ObjectRef } from "../../../src/k8s/port.ts";
import type { KubeObject } from "../../../src/core/kubernetes/object.ts";

export interface WorkloadStatus {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly available: boolean;
  readonly ready: number;
  readonly desired: number;
  /** Why it is not available, as far as the API server reports it. */
  readonly reason?: string;
}

const kinds = ["Deployment", "StatefulSet", "DaemonSet", "Job"];

export function isAwaited(object: KubeObject): boolean {
  return kinds.includes(object.kind);
}

interface Counts {
  readonly observedGeneration?: number;
  readonly availableReplicas?: number;
  readonly updatedReplicas?: number;
  readonly readyReplicas?: number;
  readonly desiredNumberScheduled?: number;
  readonly numberReady?: number;
  readonly updatedNumberScheduled?: number;
  readonly succeeded?: number;
}

interface Spec {
  readonly replicas?: number;
  readonly completions?: number;
  readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
}

/** Returns how far the controllers have applied the change; a status of an older generation is ignored. */
export function availabilityOf(object: KubeObject): WorkloadStatus {
  const spec = (object["spec"] ?? {}) as Spec;
  const status = (object["status"] ?? {}) as Counts;
  const observed =
    object.kind === "Job" || (status.observedGeneration ?? 0) >= Number(object.metadata["generation"] ?? 0);
  const [ready, updated, desired] = countsOf(object.kind, spec, status);
  return {
    kind: object.kind,
    namespace: object.metadata.namespace ?? "default",
    name: object.metadata.name,
    available: observed && ready >= desired && updated >= desired,
    ready,
    desired,
  };
}

function countsOf(kind: string, spec: Spec, status: Counts): readonly [number, number, number] {
  switch (kind) {
    case "DaemonSet":
      return [status.numberReady ?? 0, status.updatedNumberScheduled ?? 0, status.desiredNumberScheduled ?? 0];
    case "Job":
      return [status.succeeded ?? 0, status.succeeded ?? 0, spec.completions ?? 1];
    case "StatefulSet":
      return [status.readyReplicas ?? 0, status.updatedReplicas ?? 0, spec.replicas ?? 1];
    default:
      return [status.availableReplicas ?? 0, status.updatedReplicas ?? 0, spec.replicas ?? 1];
  }
}

/** Reads a workload, and if it is not available, also what blocks its pods. */
export async function workloadStatus(
  cluster: Cluster,
  ref: ObjectRef,
  explain: boolean,
  signal: AbortSignal,
): Promise<WorkloadStatus> {
  const object = await cluster.get(ref, signal);
  if (object === undefined) {
    const { kind, name, namespace = "default" } = ref;
    return { kind, namespace, name, available: false, ready: 0, desired: 0, reason: "it was deleted in the meantime" };
  }
  const status = availabilityOf(object);
  if (status.available || !explain) return status;
  const reason = await whyWaiting(cluster, object, signal);
  return reason === undefined ? status : { ...status, reason };
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly message?: string;
}

function conditionsOf(object: KubeObject): readonly Condition[] {
  return (object["status"] as { conditions?: readonly Condition[] } | undefined)?.conditions ?? [];
}

/** A pod that was not scheduled has the reason; if no pod could be created, the workload's own conditions have it. */
async function whyWaiting(cluster: Cluster, object: KubeObject, signal: AbortSignal): Promise<string | undefined> {
  const labels = Object.entries((object["spec"] as Spec | undefined)?.selector?.matchLabels ?? {});
  const query = {
    apiVersion: "v1",
    kind: "Pod",
    namespace: object.metadata.namespace ?? "default",
    labelSelector: labels.map(([key, value]) => `${key}=${value}`).join(","),
  };
  if (labels.length > 0) {
    for await (const pods of cluster.list(query, signal)) {
      for (const pod of pods) {
        const held = conditionsOf(pod).find(({ type, status }) => type === "PodScheduled" && status === "False");
        if (held?.message !== undefined) return held.message;
      }
    }
  }
  return conditionsOf(object).find(({ status, type }) => (type === "ReplicaFailure") === (status === "True"))?.message;
}
