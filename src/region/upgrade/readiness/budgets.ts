import type { CheckFinding } from "../../../core/check.ts";
import { listed } from "../../../core/enumerate.ts";
import {
  aboutBudget,
  budgetsInTheWay,
  guardedBy,
  type StoppingBudget,
} from "../../../core/kubernetes/disruption-budget.ts";
import { hasCondition } from "../../../core/kubernetes/object.ts";
import { isAlive, type PodObject } from "../../../core/kubernetes/pod.ts";
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
    const { stopping, unseen } = budgetsInTheWay(all, kubectl);
    const unhealthy = stopping.length === 0 ? [] : (await pods()).filter(isUnhealthy);
    const judged = stopping.map((each) => judge(each, unhealthy, replaced, kubectl));
    const findings = [...judged, ...unseen.map((each) => ({ id, ...each }))];
    if (findings.length > 0) return findings;
    return [{ id, severity: "ok", subject: `${all.length} disruption budgets`, summary: "none blocks a drain" }];
  },
};

function judge(
  { budget, stop: { summary, evidence } }: StoppingBudget,
  unhealthy: readonly PodObject[],
  replaced: NodeReplacement,
  kubectl: string,
): CheckFinding {
  const guarded = guardedBy(budget, unhealthy).map(({ metadata }) => `pod ${metadata.namespace}/${metadata.name}`);
  const because = guarded.length === 0 ? "" : ` because of ${listed(guarded)}`;
  const severity = replaced === "node groups" ? "fail" : "warn";
  return { id, severity, ...aboutBudget(budget, kubectl), summary: summary(because), evidence };
}

function isUnhealthy(pod: PodObject): boolean {
  return isAlive(pod) && !hasCondition(pod, "Ready");
}
