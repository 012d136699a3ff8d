import { isBudget, protects } from "../budgets.ts";
import { field, type Path } from "../fields.ts";
import type { Manifest } from "../manifest.ts";
import { unreadValue } from "../placeholders.ts";
import { replicasOf } from "../replicas.ts";
import type { Observation, Rule } from "../rule.ts";
import { isWorkload } from "../workloads.ts";

export const workloadDisruption: Rule = {
  id: "workload/disruption",
  title: "a replicated workload has a PodDisruptionBudget",
  explain:
    "Replicas are there so that one may go, but a drained node may take all of them at once unless a PodDisruptionBudget forbids it. Asked of Deployments, StatefulSets, Rollouts, ReplicaSets and ReplicationControllers with more than one replica, or with an autoscaler that keeps more than one. A budget counts where its selector picks the pods and it is in their namespace; whether it protects them is the question of workload/budget. Replicas that a later step fills in are unknown.",
  severity: "fail",
  fix: "add a PodDisruptionBudget with maxUnavailable: 1 and the pods' labels",
  examine: (unit, tree) => {
    const beside = [...unit.manifests, ...tree.beside(unit)];
    const budgets = beside.filter(isBudget);
    return unit.manifests
      .filter((each) => isWorkload(each) && each.kind !== "DaemonSet")
      .filter((each) => !budgets.some((budget) => protects(budget, each)))
      .flatMap((manifest): Observation[] => {
        const { least, written, path } = replicasOf(manifest, beside);
        if (least === undefined) return [...unread(manifest, path, written)];
        if (least <= 1) return [];
        const summary = `keeps ${written} replicas and has no PodDisruptionBudget`;
        return [{ manifest, path, summary, lacks: ["PodDisruptionBudget"] }];
      });
  },
};

/** The number of replicas is the workload's or an autoscaler's, and is none. */
function unread(manifest: Manifest, path: Path, written: string): readonly Observation[] {
  if (String(field(manifest.value, ...path)) === written) return unreadValue(manifest, path, "number");
  const summary = `what scales it keeps ${written} replicas, which is no number here`;
  return [{ manifest, path, summary, severity: "unknown" }];
}
