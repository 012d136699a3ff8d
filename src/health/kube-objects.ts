import type { Condition, KubeObject } from "../core/kubernetes/object.ts";

// The fields of Kubernetes objects that the checks read. https://kubernetes.io/docs/reference/kubernetes-api/

export interface JobObject extends KubeObject {
  readonly status?: { readonly conditions?: readonly Condition[]; readonly startTime?: string };
}

/** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/ */
export interface AutoscalerObject extends KubeObject {
  readonly spec: {
    readonly maxReplicas: number;
    readonly minReplicas?: number;
    readonly scaleTargetRef: { readonly kind: string; readonly name: string };
  };
  readonly status?: {
    readonly currentReplicas?: number;
    readonly desiredReplicas?: number;
    readonly conditions?: readonly Condition[];
  };
}

export interface EventObject extends KubeObject {
  readonly involvedObject?: { readonly kind?: string; readonly name?: string };
  readonly lastTimestamp?: string;
  readonly message?: string;
}
