import type { KubeObject } from "../port.ts";
import type { PodSpec } from "./secret-uses.ts";

/** The fields of a Deployment, StatefulSet or DaemonSet that tell how far its rollout is. */
export interface WorkloadObject extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly paused?: boolean;
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
    readonly availableReplicas?: number;
    readonly desiredNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberAvailable?: number;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
  };
}

interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
    readonly values?: readonly string[];
  }[];
}

export type Rollout =
  | { readonly state: "done" }
  | { readonly state: "going"; readonly detail: string }
  /** It does not come through; in Kubernetes' own words. */
  | { readonly state: "failed"; readonly reason: string };

/** As `kubectl rollout status` judges: https://github.com/kubernetes/kubectl/blob/master/pkg/polymorphichelpers/rollout_status.go */
export function rolloutOf({ kind, metadata, spec, status = {} }: WorkloadObject): Rollout {
  if (Number(metadata["generation"] ?? 0) > (status.observedGeneration ?? 0)) {
    return { state: "going", detail: "its controller has not seen the change yet" };
  }
  const progressing = status.conditions?.find(({ type }) => type === "Progressing");
  if (progressing?.reason === "ProgressDeadlineExceeded") {
    return { state: "failed", reason: progressing.message ?? progressing.reason };
  }
  const daemon = kind === "DaemonSet";
  const desired = daemon ? (status.desiredNumberScheduled ?? 0) : (spec.replicas ?? 1);
  const updated = (daemon ? status.updatedNumberScheduled : status.updatedReplicas) ?? 0;
  const available = (daemon ? status.numberAvailable : status.availableReplicas) ?? 0;
  const old = kind === "Deployment" ? (status.replicas ?? 0) - updated : 0;
  if (updated >= desired && available >= desired && old <= 0) return { state: "done" };
  const left = old > 0 ? `, ${old} old ones left` : "";
  return { state: "going", detail: `${updated} of ${desired} pods are new, ${available} available${left}` };
}

/** Why a change of the pod template would not bring new pods, or not all of them. */
export function whyFixed({ kind, spec }: WorkloadObject): string | undefined {
  if (kind === "Deployment") return spec.paused === true ? "its rollout is paused" : undefined;
  if (spec.updateStrategy?.type === "OnDelete")
    return "its updateStrategy is OnDelete: its pods are replaced only when they are deleted";
  const partition = spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  return partition > 0 ? `its updateStrategy keeps the pods below ${partition} as they are` : undefined;
}

/** In the form that lists take: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector = {}): string {
  const equal = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const others = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === "Exists") return key;
    if (operator === "DoesNotExist") return `!${key}`;
    return `${key} ${operator === "In" ? "in" : "notin"} (${values.join(",")})`;
  });
  return [...equal, ...others].join(",");
}
