import type { CheckFinding } from "../../../core/check.ts";
import { listed } from "../../../core/enumerate.ts";
import { type BudgetObject, isEvaluated, stopOf } from "../../../core/kubernetes/disruption-budget.ts";
import { selects } from "../../../core/kubernetes/label-selector.ts";
import { hasCondition } from "../../../core/kubernetes/object.ts";
import { isAlive, type PodObject } from "../../../core/kubernetes/pod.ts";
import { shell } from "../../../core/shell-words.ts";
import type { NodeReplacement, ReadinessCheck } from "./readiness-context.ts";

const id = "upgrade/budgets";

export const budgets: ReadinessCheck = {
  id,
  title: "disruption budgets in the way of new nodes",
  explain:
    "EKS drains a node before it replaces it. A PodDisruptionBudget that allows no eviction now keeps the node: after 15 minutes, the update of a node group fails with PodEvictionFailure, so this is a failure. Auto Mode waits no longer than a node's termination grace period, so there it is a warning. Fix the pods that are unhealthy, add a replica, or change the budget. A budget that has not been evaluated yet is unknown.",
  async run({ budgets: read, pods, replacement, kube }) {
    const replaced = await replacement();
    if (replaced === "none") return [];
    const [all, { kubectl }] = await Promise.all([read(), kube()]);
    const inTheWay = all.filter((each) => stopOf(each) !== undefined);
    const unseen = all.filter((each) => !isEvaluated(each)).map((each) => unevaluated(each, kubectl));
    const unhealthy = inTheWay.length === 0 ? [] : (await pods()).filter(isUnhealthy);
    const findings = [...inTheWay.flatMap((each) => judge(each, unhealthy, replaced, kubectl)), ...unseen];
    if (findings.length > 0) return findings;
    return [{ id, severity: "ok", subject: `${all.length} disruption budgets`, summary: "none blocks a drain" }];
  },
};

function unevaluated(budget: BudgetObject, kubectl: string): CheckFinding {
  const { subject, fix } = aboutOf(budget, kubectl);
  return { id, severity: "unknown", subject, summary: "has not been evaluated yet", fix };
}

function aboutOf({ metadata }: BudgetObject, kubectl: string): { readonly subject: string; readonly fix: string } {
  const { namespace = "default", name } = metadata;
  const fix = `${kubectl} ${shell`-n ${namespace} describe poddisruptionbudget ${name}`}`;
  return { subject: `poddisruptionbudget ${namespace}/${name}`, fix };
}

function judge(
  budget: BudgetObject,
  unhealthy: readonly PodObject[],
  replaced: NodeReplacement,
  kubectl: string,
): readonly CheckFinding[] {
  const { namespace } = budget.metadata;
  const guarded = unhealthy
    .filter(({ metadata }) => metadata.namespace === namespace)
    .filter(({ metadata }) => selects(budget.spec?.selector, metadata.labels ?? {}))
    .map(({ metadata }) => `pod ${metadata.namespace}/${metadata.name}`);
  const stop = stopOf(budget, guarded.length === 0 ? "" : ` because of ${listed(guarded)}`);
  if (stop === undefined) return [];
  const { summary, evidence } = stop;
  const severity = replaced === "node groups" ? "fail" : "warn";
  return [{ id, severity, ...aboutOf(budget, kubectl), summary, evidence }];
}

function isUnhealthy(pod: PodObject): boolean {
  return isAlive(pod) && !hasCondition(pod, "Ready");
}
