import type { Check, CheckFinding } from "../../core/check.ts";
import { selects } from "../../core/kubernetes/label-selector.ts";
import { shell } from "../../core/shell-words.ts";
import type { HealthContext } from "../health-context.ts";
import { withWell } from "../with-well.ts";
import { workloadKey } from "../../core/kubernetes/workload.ts";
import { type BudgetObject, isEvaluated, stopOf } from "../../core/kubernetes/disruption-budget.ts";
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
    const inTheWay = budgets.filter((each) => stopOf(each) !== undefined);
    const unseen = budgets.filter((each) => !isEvaluated(each)).map((each) => notSeen(each, kubectl));
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
  const culprit = troubled
    .filter((pod) => pod.metadata.namespace === namespace && selects(budget.spec?.selector, pod.metadata.labels ?? {}))
    .map((pod) => ({ pod, owner: ownerOf(pod) }))
    .map(({ pod, owner }) => owner && workloadKey(owner.kind, pod.metadata.namespace, owner.name))
    .find((key) => key !== undefined && broken.has(key));
  const because = culprit === undefined ? "" : ` because of ${broken.get(culprit)?.subject}`;
  const stop = stopOf(budget, because);
  if (stop === undefined) return [];
  const { kind, summary, evidence } = stop;
  const severity = kind === "uncounted" ? "fail" : "warn";
  const subject = `poddisruptionbudget ${namespace}/${name}`;
  const fix = `${kubectl} ${shell`-n ${namespace} describe poddisruptionbudget ${name}`}`;
  const isSymptom = kind === "now" && culprit !== undefined;
  const cause = isSymptom ? { symptomOf: { id: "workloads/available", about: culprit } } : {};
  return [{ id, severity, subject, summary, fix, evidence, ...cause }];
}
