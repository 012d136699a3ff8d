import type { WorkloadObject } from "../../../../core/kubernetes/workload.ts";

/** https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#max-unavailable */
const usual = "25%";

interface Strategy {
  readonly type?: string;
  readonly rollingUpdate?: { readonly maxUnavailable?: number | string };
}

/**
 * Returns whether a rollout of a workload takes pods away before new ones are available. Rollouts do not respect
 * disruption budgets, so only such a one can break them.
 */
export function takesPodsAway({ kind, spec }: WorkloadObject): boolean {
  if (kind !== "Deployment") return true;
  const { type, rollingUpdate } = (spec as { readonly strategy?: Strategy }).strategy ?? {};
  if (type === "Recreate") return true;
  const most = rollingUpdate?.maxUnavailable ?? usual;
  if (typeof most === "number") return most > 0;
  return Math.floor(((spec.replicas ?? 1) * Number.parseInt(most, 10)) / 100) > 0;
}
