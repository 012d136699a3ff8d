import { type Condition, condition, isObserved, type KubeObject } from "./object.ts";

/** The fields of a PodDisruptionBudget that gennet reads: https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/pod-disruption-budget-v1/ */
export interface BudgetObject extends KubeObject {
  readonly spec?: { readonly selector?: unknown };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly disruptionsAllowed?: number;
    readonly currentHealthy?: number;
    readonly desiredHealthy?: number;
    readonly expectedPods?: number;
    readonly conditions?: readonly Condition[];
  };
}

/** Why a budget allows no eviction now. */
export interface BudgetStop {
  /** `uncounted`: Kubernetes cannot count its pods. `always`: all are healthy. `now`: some are unhealthy. */
  readonly kind: "uncounted" | "always" | "now";
  /** `never allows an eviction: 2 of 2 pods healthy, 2 needed` */
  readonly summary: string;
  readonly evidence: { readonly healthy: number; readonly needed: number; readonly expected: number };
}

/**
 * Returns whether the controller has evaluated a budget. Before that, the API server shows one that allows nothing and
 * selects no pods.
 */
export function isEvaluated(budget: BudgetObject): boolean {
  return budget.status !== undefined && isObserved(budget);
}

/** Returns why a budget allows no eviction. One that selects no pods blocks nothing. `because` of an unhealthy pod's workload. */
export function stopOf(budget: BudgetObject, because = ""): BudgetStop | undefined {
  const { disruptionsAllowed = 0, currentHealthy = 0, desiredHealthy = 0, expectedPods = 0 } = budget.status ?? {};
  if (!isEvaluated(budget) || disruptionsAllowed > 0) return undefined;
  const evidence = { healthy: currentHealthy, needed: desiredHealthy, expected: expectedPods };
  const allowed = condition(budget, "DisruptionAllowed");
  if (allowed?.status === "False" && allowed.reason === "SyncFailed") {
    const reason = allowed.message ?? "SyncFailed";
    return {
      kind: "uncounted",
      summary: `allows no eviction, because its pods cannot be counted: ${reason}`,
      evidence,
    };
  }
  if (expectedPods === 0) return undefined;
  const counts = `${currentHealthy} of ${expectedPods} pods healthy, ${desiredHealthy} needed`;
  if (currentHealthy >= expectedPods)
    return { kind: "always", summary: `never allows an eviction: ${counts}`, evidence };
  return { kind: "now", summary: `allows no eviction${because}: ${counts}`, evidence };
}
