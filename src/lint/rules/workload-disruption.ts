import { field } from "../fields.ts";
import { isKind, mayBeIn } from "../manifest.ts";
import { undetermined } from "../placeholders.ts";
import type { Rule } from "../rule.ts";
import { isWorkload, leastReplicas, podLabels, selects } from "../workloads.ts";

export const workloadDisruption: Rule = {
  id: "workload/disruption",
  title: "a replicated workload has a PodDisruptionBudget",
  explain:
    "Replicas are there so that one may go, but a drained node may take all of them at once unless a PodDisruptionBudget forbids it. Asked of Deployments, StatefulSets and Rollouts with more than one replica, or with an autoscaler that keeps more than one. A budget counts where its selector picks the pods and it is in their namespace.",
  severity: "fail",
  fix: "add a PodDisruptionBudget with maxUnavailable: 1 and the pods' labels",
  examine: (unit, tree) => {
    const beside = tree.beside(unit);
    const budgets = beside.filter((each) => isKind(each, "policy", "PodDisruptionBudget"));
    const replicated = unit.manifests.filter((each) => isWorkload(each) && each.kind !== "DaemonSet");
    const open = replicated.flatMap((each) => undetermined(each, ["spec", "replicas"]));
    const lacking = replicated
      .filter((each) => leastReplicas(each, beside) > 1)
      .filter((each) => {
        const mayProtect = budgets.filter((budget) => mayBeIn(budget, each.namespace));
        return !mayProtect.some((budget) => selects(field(budget.value, "spec", "selector"), podLabels(each)));
      })
      .map((manifest) => ({
        manifest,
        path: ["spec", "replicas"],
        summary: `keeps ${leastReplicas(manifest, beside)} replicas and has no PodDisruptionBudget`,
        lacks: true as const,
      }));
    return [...open, ...lacking];
  },
};
