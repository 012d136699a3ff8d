import type { CheckFinding } from "../check.ts";
import { shell } from "../shell-words.ts";
import { selects } from "./label-selector.ts";
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
  /** `never allows an eviction: 2 of 2 pods healthy, 2 needed`. `because`: of what pods are unhealthy. */
  summary(because: string): string;
  readonly evidence: { readonly healthy: number; readonly needed: number; readonly expected: number };
}

export interface StoppingBudget {
  readonly budget: BudgetObject;
  readonly stop: BudgetStop;
}

/**
 * Returns whether the controller has evaluated a budget. Before that, the API server shows one that allows nothing and
 * selects no pods.
 */
function isEvaluated(budget: BudgetObject): boolean {
  return budget.status !== undefined && isObserved(budget);
}

/** Returns the budgets that allow no eviction, and a finding on each that is not evaluated yet. */
export function budgetsInTheWay(
  budgets: readonly BudgetObject[],
  kubectl: string,
): { readonly stopping: readonly StoppingBudget[]; readonly unseen: readonly Omit<CheckFinding, "id">[] } {
  const stopping = budgets.flatMap((budget) => {
    const stop = stopOf(budget);
    return stop === undefined ? [] : [{ budget, stop }];
  });
  const unseen = budgets
    .filter((each) => !isEvaluated(each))
    .map((each): Omit<CheckFinding, "id"> => {
      const { subject, fix } = aboutBudget(each, kubectl);
      return { severity: "unknown", subject, summary: "has not been evaluated yet", fix };
    });
  return { stopping, unseen };
}

/** Returns a budget as findings name it, and the command that shows it. */
export function aboutBudget(
  { metadata: { namespace = "default", name } }: BudgetObject,
  kubectl: string,
): { readonly subject: string; readonly fix: string } {
  const fix = `${kubectl} ${shell`-n ${namespace} describe poddisruptionbudget ${name}`}`;
  return { subject: `poddisruptionbudget ${namespace}/${name}`, fix };
}

/** Returns the pods that a budget is about. */
export function guardedBy<P extends KubeObject>({ metadata, spec }: BudgetObject, pods: readonly P[]): readonly P[] {
  return pods.filter(
    (pod) => pod.metadata.namespace === metadata.namespace && selects(spec?.selector, pod.metadata.labels ?? {}),
  );
}

/** Returns why a budget allows no eviction. One that selects no pods blocks nothing. */
function stopOf(budget: BudgetObject): BudgetStop | undefined {
  const { disruptionsAllowed = 0, currentHealthy = 0, desiredHealthy = 0, expectedPods = 0 } = budget.status ?? {};
  if (!isEvaluated(budget) || disruptionsAllowed > 0) return undefined;
  const evidence = { healthy: currentHealthy, needed: desiredHealthy, expected: expectedPods };
  const allowed = condition(budget, "DisruptionAllowed");
  if (allowed?.status === "False" && allowed.reason === "SyncFailed") {
    const reason = allowed.message ?? "SyncFailed";
    const summary = (): string => `allows no eviction, because its pods cannot be counted: ${reason}`;
    return { kind: "uncounted", summary, evidence };
  }
  if (expectedPods === 0) return undefined;
  const counts = `${currentHealthy} of ${expectedPods} pods healthy, ${desiredHealthy} needed`;
  if (currentHealthy >= expectedPods)
    return { kind: "always", summary: () => `never allows an eviction: ${counts}`, evidence };
  return { kind: "now", summary: (because) => `allows no eviction${because}: ${counts}`, evidence };
}
