import { field, type Path, text } from "./fields.ts";
import { isKind, type Manifest, mayBeIn } from "./manifest.ts";

export interface Replicas {
  /** The minimum number; undefined if it contains a placeholder. */
  readonly least: number | undefined;
  /** The maximum number; undefined if it contains a placeholder, or if the tree does not show it. */
  readonly most: number | undefined;
  /** The number as written, for display. */
  readonly written: string;
  readonly path: Path;
  /** No object that was read sets the number; an autoscaler outside the tree may. */
  readonly isDefault: boolean;
}

/**
 * Returns the minimum number of replicas: from the workload's autoscaler, otherwise its own number, otherwise one. A
 * Rollout that takes its pods from a Deployment (workloadRef) has the number, and scales the Deployment to zero.
 */
export function declaredReplicas(workload: Manifest, beside: readonly Manifest[]): Replicas {
  const rollout = beside.find((each) => refersTo(each, workload));
  if (rollout !== undefined) return declaredReplicas(rollout, beside);
  const scaler = beside.find((each) => scales(each, workload));
  const isKeda = scaler?.group === "keda.sh";
  // By default, KEDA scales to zero, but only while there is no load.
  const least =
    scaler === undefined
      ? field(workload.value, "spec", "replicas")
      : isKeda
        ? Math.max(1, numberOf(field(scaler.value, "spec", "minReplicaCount")) ?? 1)
        : (field(scaler.value, "spec", "minReplicas") ?? 1);
  const path = ["spec", "replicas"];
  if (least == null) return { least: 1, most: undefined, written: "1", path, isDefault: true };
  return {
    least: numberOf(least),
    most: numberOf(
      scaler === undefined ? least : field(scaler.value, "spec", isKeda ? "maxReplicaCount" : "maxReplicas"),
    ),
    written: typeof least === "string" ? least : JSON.stringify(least),
    path,
    isDefault: false,
  };
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^\d+$/.test(value) ? Number(value) : undefined;
}

/** https://argo-rollouts.readthedocs.io/en/stable/migrating/#reference-deployment-from-rollout */
function refersTo(rollout: Manifest, workload: Manifest): boolean {
  return (
    isKind(rollout, "argoproj.io", "Rollout") &&
    mayBeIn(rollout, workload.namespace) &&
    text(rollout.value, "spec", "workloadRef", "name") === workload.name &&
    (text(rollout.value, "spec", "workloadRef", "kind") ?? "Deployment") === workload.kind
  );
}

function scales(scaler: Manifest, workload: Manifest): boolean {
  return (
    (isKind(scaler, "autoscaling", "HorizontalPodAutoscaler") || isKind(scaler, "keda.sh", "ScaledObject")) &&
    mayBeIn(scaler, workload.namespace) &&
    text(scaler.value, "spec", "scaleTargetRef", "name") === workload.name &&
    (text(scaler.value, "spec", "scaleTargetRef", "kind") ?? "Deployment") === workload.kind
  );
}
