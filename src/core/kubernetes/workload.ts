import { type Condition, condition, hasCondition, isObserved, type KubeObject } from "./object.ts";
import type { LabelSelector } from "./label-selector.ts";
import type { PodSpec } from "./pod.ts";

export const workloadKinds = ["Deployment", "StatefulSet", "DaemonSet"] as const;

/** The fields of a Deployment, StatefulSet or DaemonSet that gennet reads. */
export interface WorkloadObject extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly paused?: boolean;
    readonly progressDeadlineSeconds?: number;
    readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: { readonly partition?: number } };
    readonly selector?: LabelSelector;
    readonly template?: {
      readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
      readonly spec?: PodSpec;
    };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly desiredNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberAvailable?: number;
    readonly conditions?: readonly Condition[];
  };
}

/** `Deployment shop/orders`: identifies an object in its cluster. */
export function workloadKey(kind: string, namespace: string | undefined, name: string): string {
  return `${kind} ${namespace ?? ""}/${name}`;
}

/** The progress of a workload towards its spec. Counts are numbers of pods. */
export interface Rollout {
  readonly desired: number;
  /** Pods of the newest pod template. */
  readonly updated: number;
  readonly available: number;
  /** Pods of a Deployment's older templates. */
  readonly old: number;
  /** Whether the counts reflect the current spec: the controller has observed the change. */
  readonly observed: boolean;
  /** Whether pods are being or will be replaced. Pods that keep an older template on purpose do not count. */
  readonly rolling: boolean;
  /** Why the rollout exceeded its deadline, as Kubernetes reports it. */
  readonly stalled?: string;
  /** Why pods cannot be created, as Kubernetes reports it: a quota, an admission webhook. */
  readonly refused?: string;
  readonly paused: boolean;
  /** How long a rollout may make no progress, in milliseconds. */
  readonly deadlineMs: number;
}

/** Kubernetes' default for Deployments, also used for the kinds that have no such field. */
const defaultDeadlineMs = 600_000;

/**
 * Returns the rollout of a workload, by the rules of `kubectl rollout status`:
 * https://github.com/kubernetes/kubectl/blob/master/pkg/polymorphichelpers/rollout_status.go
 */
export function rolloutOf(object: WorkloadObject): Rollout {
  const { kind, spec, status = {} } = object;
  const counts = replicasOf(object);
  const updated = (kind === "DaemonSet" ? status.updatedNumberScheduled : status.updatedReplicas) ?? 0;
  const old = kind === "Deployment" ? (status.replicas ?? 0) - updated : 0;
  const observed = isObserved(object);
  const rollout = {
    ...counts,
    updated,
    old,
    observed,
    rolling: !observed || updated < counts.desired - keptOld(object, counts.desired) || old > 0,
    paused: false,
    deadlineMs: defaultDeadlineMs,
  };
  if (kind !== "Deployment") return rollout;
  const progressing = condition(object, "Progressing");
  const isStalled = progressing?.reason === "ProgressDeadlineExceeded";
  const refused = hasCondition(object, "ReplicaFailure") ? condition(object, "ReplicaFailure") : undefined;
  return {
    ...rollout,
    paused: spec.paused === true,
    deadlineMs: (spec.progressDeadlineSeconds ?? defaultDeadlineMs / 1_000) * 1_000,
    ...(isStalled ? { stalled: progressing.message ?? progressing.reason } : {}),
    ...(refused === undefined ? {} : { refused: refused.message ?? refused.reason ?? "" }),
  };
}

/** Returns whether every pod has the newest template and is available. */
export function isRolledOut({ rolling, updated, available, desired }: Rollout): boolean {
  return !rolling && updated >= desired && available >= desired;
}

/** Returns the progress of a rollout: `2 of 3 pods are new, 1 available`. */
export function rolloutText({ observed, updated, desired, available, old }: Rollout): string {
  if (!observed) return "its controller has not seen the change yet";
  const left = old > 0 ? `, ${old} old ones left` : "";
  return `${updated} of ${desired} pods are new, ${available} available${left}`;
}

/** Returns how many of the desired pods a workload has. */
export function replicasOf({ kind, spec, status = {} }: Pick<WorkloadObject, "kind" | "spec" | "status">): {
  readonly desired: number;
  readonly available: number;
} {
  if (kind === "DaemonSet") {
    return { desired: status.desiredNumberScheduled ?? 0, available: status.numberAvailable ?? 0 };
  }
  // Before Kubernetes 1.22, a StatefulSet does not count available pods.
  const ready = kind === "StatefulSet" ? status.readyReplicas : undefined;
  return { desired: spec.replicas ?? 1, available: status.availableReplicas ?? ready ?? 0 };
}

/**
 * Returns how many pods keep an older template on purpose: until they are deleted, or because they are below a
 * partition.
 */
function keptOld({ kind, spec: { updateStrategy } }: WorkloadObject, desired: number): number {
  if (kind === "Deployment") return 0;
  if (updateStrategy?.type === "OnDelete") return desired;
  return kind === "StatefulSet" ? (updateStrategy?.rollingUpdate?.partition ?? 0) : 0;
}

/** Returns why a change of the pod template does not replace all pods, or none. */
export function whyNotReplaced({ kind, spec }: WorkloadObject): string | undefined {
  if (kind === "Deployment") return spec.paused === true ? "its rollout is paused" : undefined;
  if (spec.updateStrategy?.type === "OnDelete")
    return "its updateStrategy is OnDelete: its pods are replaced only when they are deleted";
  const partition = spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  return partition > 0 ? `its updateStrategy keeps the pods below ${partition} as they are` : undefined;
}
