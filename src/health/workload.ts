import { condition, type WorkloadObject } from "./kube-objects.ts";

/** A Deployment, StatefulSet or DaemonSet in one shape. Counts are pods. */
export interface Workload {
  readonly object: WorkloadObject;
  readonly desired: number;
  readonly available: number;
  /** A change is on its way through the pods, or its controller has not taken it up yet. */
  readonly rolling: boolean;
  /** The change does not come through: Kubernetes' own words. */
  readonly stalled?: string;
  /** Pods could not even be created: quota, admission. */
  readonly refused?: string;
  readonly paused: boolean;
  /** How long a change may take before it counts as stalled, milliseconds. */
  readonly deadlineMs: number;
}

/** Kubernetes' own default for Deployments, taken for the kinds that have no such field. */
const defaultDeadlineMs = 600_000;

export function toWorkload(object: WorkloadObject): Workload {
  const { spec, status = {} } = object;
  const unseen = Number(object.metadata["generation"] ?? 0) > (status.observedGeneration ?? 0);
  const base = { object, paused: false, deadlineMs: defaultDeadlineMs };
  if (object.kind === "DaemonSet") {
    const desired = status.desiredNumberScheduled ?? 0;
    const onDelete = spec.updateStrategy?.type === "OnDelete";
    const rolling = unseen || (!onDelete && (status.updatedNumberScheduled ?? 0) < desired);
    return { ...base, desired, available: status.numberAvailable ?? 0, rolling };
  }
  const desired = spec.replicas ?? 1;
  const updated = status.updatedReplicas ?? 0;
  if (object.kind === "StatefulSet") {
    // Pods below the partition keep the old version on purpose.
    const due =
      spec.updateStrategy?.type === "OnDelete" ? 0 : desired - (spec.updateStrategy?.rollingUpdate?.partition ?? 0);
    const available = status.availableReplicas ?? status.readyReplicas ?? 0;
    return { ...base, desired, available, rolling: unseen || updated < due };
  }
  const progressing = condition(object, "Progressing");
  const refused = condition(object, "ReplicaFailure");
  const stalled = progressing?.status === "False" && progressing.reason === "ProgressDeadlineExceeded";
  return {
    ...base,
    desired,
    available: status.availableReplicas ?? 0,
    rolling: unseen || updated < desired || (status.replicas ?? 0) > updated,
    paused: spec.paused === true,
    deadlineMs: (spec.progressDeadlineSeconds ?? defaultDeadlineMs / 1_000) * 1_000,
    ...(stalled ? { stalled: progressing.message ?? progressing.reason ?? "" } : {}),
    ...(refused?.status === "True" ? { refused: refused.message ?? refused.reason ?? "" } : {}),
  };
}

export function isWell(workload: Workload): boolean {
  const { available, desired, rolling, stalled, refused } = workload;
  return available >= desired && !rolling && stalled === undefined && refused === undefined;
}

/** `Deployment shop/orders`: names a workload in one place. */
export function workloadKey(kind: string, namespace: string | undefined, name: string): string {
  return `${kind} ${namespace ?? ""}/${name}`;
}
