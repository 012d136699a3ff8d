import { isBudget, protects } from "../budgets.ts";
import { field, type Path } from "../fields.ts";
import type { Manifest } from "../manifest.ts";
import { unreadValue } from "../placeholders.ts";
import { declaredReplicas } from "../replicas.ts";
import type { Rule } from "../rule.ts";
import type { Observation } from "../observation.ts";
import { isWorkload } from "../workloads.ts";

export const workloadDisruption: Rule = {
  id: "workload/disruption",
  title: "a replicated workload has a PodDisruptionBudget",
  explain:
    "Replicas let a workload survive the loss of a pod, but draining a node may evict all of them at once unless a PodDisruptionBudget prevents it. Checked for Deployments, StatefulSets, Rollouts, ReplicaSets and ReplicationControllers with more than one replica, or with an autoscaler whose minimum is more than one. A budget counts if it selects the pods and is in their namespace; workload/budget checks whether it protects them. Replicas with a placeholder are unknown.",
  severity: "fail",
  fix: "add a PodDisruptionBudget with maxUnavailable: 1 and the pods' labels",
  examine: (unit, tree) => {
    const beside = [...unit.manifests, ...tree.beside(unit)];
    const budgets = beside.filter(isBudget);
    return unit.manifests
      .filter((each) => isWorkload(each) && each.kind !== "DaemonSet")
      .filter((each) => !budgets.some((budget) => protects(budget, each)))
      .flatMap((manifest): Observation[] => {
        const { least, written, path } = declaredReplicas(manifest, beside);
        if (least === undefined) return [...unread(manifest, path, written)];
        if (least <= 1) return [];
        const summary = `has ${written} replicas but no PodDisruptionBudget`;
        return [{ manifest, path, summary, lacks: ["PodDisruptionBudget"] }];
      });
  },
};

/** The number of replicas, of the workload or its autoscaler, is not a number. */
function unread(manifest: Manifest, path: Path, written: string): readonly Observation[] {
  if (String(field(manifest.value, ...path)) === written) return unreadValue(manifest, path, "number");
  const summary = `its autoscaler keeps ${written} replicas, which is not a number here`;
  return [{ manifest, path, summary, severity: "unknown" }];
}
