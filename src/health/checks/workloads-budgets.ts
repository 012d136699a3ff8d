import type { Check, CheckFinding } from "../../core/check.ts";
import type { HealthContext } from "../health-context.ts";
import { withWell } from "../with-well.ts";
import { workloadKey } from "../../core/kubernetes/workload.ts";
import {
  aboutBudget,
  budgetsInTheWay,
  guardedBy,
  type StoppingBudget,
} from "../../core/kubernetes/disruption-budget.ts";
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
    const { stopping, unseen } = budgetsInTheWay(budgets, kubectl);
    const judged =
      stopping.length === 0
        ? []
        : await Promise.all([kube.pods(), workloads()]).then(([pods, { broken }]) =>
            stopping.map((each) => judge(each, pods.troubled, broken, kubectl)),
          );
    const findings = [...judged, ...unseen.map((each) => ({ id, ...each }))];
    if (findings.length > 0) return findings;
    const summary = "none blocks a drain";
    return withWell([], { id, count: budgets.length, one: "disruption budget", summary, none: "there are none" });
  },
};

function judge(
  { budget, stop: { kind, summary, evidence } }: StoppingBudget,
  troubled: readonly PodObject[],
  broken: ReadonlyMap<string, Omit<CheckFinding, "id">>,
  kubectl: string,
): CheckFinding {
  const culprit = guardedBy(budget, troubled)
    .map((pod) => ({ pod, owner: ownerOf(pod) }))
    .map(({ pod, owner }) => owner && workloadKey(owner.kind, pod.metadata.namespace, owner.name))
    .find((key) => key !== undefined && broken.has(key));
  const because = culprit === undefined ? "" : ` because of ${broken.get(culprit)?.subject}`;
  const severity = kind === "uncounted" ? "fail" : "warn";
  const { subject, fix } = aboutBudget(budget, kubectl);
  const isSymptom = kind === "now" && culprit !== undefined;
  const cause = isSymptom ? { symptomOf: { id: "workloads/available", about: culprit } } : {};
  return { id, severity, subject, summary: summary(because), fix, evidence, ...cause };
}
