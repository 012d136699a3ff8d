import type { Check, CheckFinding } from "../../core/check.ts";
import { selects } from "../../core/kubernetes/label-selector.ts";
import { shell } from "../../core/shell-words.ts";
import type { HealthContext } from "../health-context.ts";
import type { BudgetObject } from "../kube-objects.ts";
import { withWell } from "../with-well.ts";
import { workloadKey } from "../../core/kubernetes/workload.ts";
import { condition, isObserved } from "../../core/kubernetes/object.ts";
import { type PodObject, ownerOf } from "../../core/kubernetes/pod.ts";

const id = "workloads/budgets";

export const workloadsBudgets: Check<HealthContext> = {
  id,
  title: "disruption budgets",
  explain:
    "A PodDisruptionBudget limits how many pods may be evicted now. If it allows none, a node with one of its pods cannot be drained, and a node upgrade waits. That is a warning if all pods are healthy, because then it never allows an eviction; if pods are unhealthy, it is a symptom of their workload. It is a failure if Kubernetes cannot determine how many pods there should be. A budget that selects no pods allows no eviction either, but blocks nothing; one that has not been evaluated yet is unknown.",
  needs: ["cluster/api"],
  async run({ kube, workloads, kubectl }) {
    const budgets = await kube.budgets();
    if (budgets.length === 0) return [];
    const inTheWay = budgets.filter((each) => isSeen(each) && (each.status?.disruptionsAllowed ?? 0) === 0);
    const unseen = budgets.filter((each) => !isSeen(each)).map((each) => notSeen(each, kubectl));
    const judged =
      inTheWay.length === 0
        ? []
        : await Promise.all([kube.pods(), workloads()]).then(([pods, { broken }]) =>
            inTheWay.flatMap((budget) => judge(budget, pods.troubled, broken, kubectl)),
          );
    const findings = [...judged, ...unseen];
    if (findings.length > 0) return findings;
    const summary = "none blocks a drain";
    return withWell([], { id, count: budgets.length, one: "disruption budget", summary, none: "there are none" });
  },
};

/**
 * Returns whether the controller has evaluated a budget. Before that, the API server shows one that allows nothing and
 * selects no pods.
 */
function isSeen(budget: BudgetObject): boolean {
  return budget.status !== undefined && isObserved(budget);
}

function notSeen({ metadata: { namespace = "default", name } }: BudgetObject, kubectl: string): CheckFinding {
  return {
    id,
    severity: "unknown",
    subject: `poddisruptionbudget ${namespace}/${name}`,
    summary: "has not been evaluated yet",
    fix: `${kubectl} ${shell`-n ${namespace} describe poddisruptionbudget ${name}`}`,
  };
}

function judge(
  budget: BudgetObject,
  troubled: readonly PodObject[],
  broken: ReadonlyMap<string, Omit<CheckFinding, "id">>,
  kubectl: string,
): CheckFinding[] {
  const { namespace = "default", name } = budget.metadata;
  const { currentHealthy = 0, desiredHealthy = 0, expectedPods = 0 } = budget.status ?? {};
  const subject = `poddisruptionbudget ${namespace}/${name}`;
  const fix = `${kubectl} ${shell`-n ${namespace} describe poddisruptionbudget ${name}`}`;
  const evidence = { healthy: currentHealthy, needed: desiredHealthy, expected: expectedPods };
  const allowed = condition(budget, "DisruptionAllowed");
  if (allowed?.status === "False" && allowed.reason === "SyncFailed") {
    const summary = `allows no eviction, because its pods cannot be counted: ${allowed.message ?? "SyncFailed"}`;
    return [{ id, severity: "fail", subject, summary, fix, evidence }];
  }
  if (expectedPods === 0) return [];
  const counts = `${currentHealthy} of ${expectedPods} pods healthy, ${desiredHealthy} needed`;
  if (currentHealthy >= expectedPods) {
    return [{ id, severity: "warn", subject, summary: `never allows an eviction: ${counts}`, fix, evidence }];
  }
  const culprit = troubled
    .filter((pod) => pod.metadata.namespace === namespace && selects(budget.spec?.selector, pod.metadata.labels ?? {}))
    .map((pod) => ({ pod, owner: ownerOf(pod) }))
    .map(({ pod, owner }) => owner && workloadKey(owner.kind, pod.metadata.namespace, owner.name))
    .find((key) => key !== undefined && broken.has(key));
  const because = culprit === undefined ? "" : ` because of ${broken.get(culprit)?.subject}`;
  const summary = `allows no eviction${because}: ${counts}`;
  const cause = culprit === undefined ? {} : { symptomOf: { id: "workloads/available", about: culprit } };
  return [{ id, severity: "warn", subject, summary, fix, evidence, ...cause }];
}
