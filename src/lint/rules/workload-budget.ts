import { appliedWith, withoutDuplicates } from "../alternatives.ts";
import { amountOf, type Amount, isBudget, mayMakePods, podsOf, protects } from "../budgets.ts";
import { field, isFields, text } from "../fields.ts";
import { isKind, isSameObject, type Manifest, mayBeIn } from "../manifest.ts";
import { type Replicas, declaredReplicas } from "../replicas.ts";
import type { Rule } from "../rule.ts";
import type { Observation } from "../observation.ts";
import type { Tree } from "../tree.ts";
import type { Unit } from "../unit.ts";
import { hasPods, isWorkload, podKinds } from "../workloads.ts";

export const workloadBudget: Rule = {
  id: "workload/budget",
  title: "PodDisruptionBudgets protect pods and allow nodes to be drained",
  explain:
    "A budget fails if its selector matches no pods of the tree; if it protects nothing (minAvailable 0, maxUnavailable of all replicas); if it blocks every drain (minAvailable equal to the replicas, maxUnavailable 0), which stops node upgrades until someone deletes a pod; if the API server rejects it; and if two budgets select the same pod, because Kubernetes then allows no eviction. Percentages are rounded up, as in Kubernetes, and the replicas are an autoscaler's minimum. For the pods of a Job, or a bare pod, only an absolute minAvailable works; drains ignore the pods of a DaemonSet. Replicas with a placeholder are unknown, and so are budgets whose pods an operator or a chart creates. unhealthyPodEvictionPolicy: AlwaysAllow allows a drain to evict pods that are unhealthy anyway.",
  severity: "fail",
  fix: "use maxUnavailable: 1, the labels of the pods, and at least two replicas",
  examine(unit, tree) {
    const budgets = unit.manifests.filter(isBudget);
    return budgets.flatMap((budget) => [
      ...judgeVersion(budget),
      ...judge(budget, unit, tree),
      ...collisions(budget, budgets, unit),
    ]);
  },
};

function judgeVersion(budget: Manifest): Observation[] {
  if (text(budget.value, "apiVersion") !== "policy/v1beta1") return [];
  const summary = "uses policy/v1beta1, which Kubernetes 1.25 removed: the API server rejects it";
  return [{ manifest: budget, path: ["apiVersion"], summary, fix: "use apiVersion: policy/v1" }];
}

function judge(budget: Manifest, unit: Unit, tree: Tree): Observation[] {
  const observe = (key: string, summary: string, more: Partial<Observation> = {}): Observation[] => [
    { manifest: budget, path: ["spec", key], summary, ...more },
  ];
  const [min, max] = ["minAvailable", "maxUnavailable"].map((key) => field(budget.value, "spec", key) ?? undefined);
  if (min !== undefined && max !== undefined)
    return observe("maxUnavailable", "has both minAvailable and maxUnavailable: the API server rejects it");
  const policy = text(budget.value, "spec", "unhealthyPodEvictionPolicy");
  if (policy !== undefined && !/^(IfHealthyBudget|AlwaysAllow)$|\$/.test(policy)) {
    return observe(
      "unhealthyPodEvictionPolicy",
      `${policy} is not a valid unhealthyPodEvictionPolicy: the API server rejects it`,
    );
  }
  const key = min === undefined ? "maxUnavailable" : "minAvailable";
  const given = min ?? max;
  const amount = given === undefined ? { pods: 0 } : amountOf(given);
  if (amount === "invalid")
    return observe(
      key,
      `${key} ${JSON.stringify(given)} is neither a number of pods nor a percentage: the API server rejects it`,
    );

  const pickedOf = (among: readonly Manifest[]): readonly Manifest[] =>
    withoutDuplicates(among.filter((each) => protects(budget, each)));
  const together = pickedOf(appliedWith(budget, unit));
  const own = together.length > 0 ? together : pickedOf(unit.manifests);
  const picked = own.length > 0 ? own : tree.beside(unit).filter((each) => protects(budget, each));
  if (picked.length === 0) return picksNothing(budget, unit, tree, observe);
  if (amount === undefined)
    return observe(key, `${key} contains a placeholder, so what it allows is unknown`, { severity: "unknown" });
  if (picked.every((each) => isKind(each, "apps", "DaemonSet"))) {
    return observe("selector", `selects the pods of DaemonSet ${picked[0]?.name}, which drains ignore`, {
      severity: "warn",
    });
  }
  const uncounted = picked.find((each) => !isWorkload(each) && !isKind(each, "apps", "ReplicaSet"));
  if (uncounted !== undefined) return judgeUncounted(uncounted, key, amount, observe);
  // Plain files in other folders may be for other clusters, so their replicas do not add up.
  if (own.length === 0 && picked.length > 1) return [];
  const replicas = picked
    .filter((each) => each.kind !== "DaemonSet")
    .map((each) => declaredReplicas(each, [...unit.manifests, ...tree.beside(unit)]));
  return judgeAmount(key, amount, replicas, given === undefined, observe);
}

type Observe = (key: string, summary: string, more?: Partial<Observation>) => Observation[];

function judgeAmount(
  key: string,
  amount: Amount,
  replicas: readonly Replicas[],
  isMissing: boolean,
  observe: Observe,
): Observation[] {
  if (isMissing) return observe("selector", "has neither minAvailable nor maxUnavailable, so it allows no eviction");
  const shown = `${key} ${"pods" in amount ? amount.pods : `${amount.percent}%`}`;
  const isNone = "pods" in amount ? amount.pods === 0 : amount.percent === 0;
  const isAll = "percent" in amount && amount.percent === 100;
  if (key === "maxUnavailable" && isNone) return observe(key, `${shown} blocks every drain`);
  if (key === "minAvailable" && isAll) return observe(key, `${shown} blocks every drain`);
  const count = replicas.reduce((sum, { least = 2 }) => sum + least, 0);
  if ((key === "minAvailable" && isNone) || (key === "maxUnavailable" && isAll)) {
    // A single replica cannot be both protected and drained; an autoscaler may add replicas without protection.
    return observe(key, `${shown} protects nothing`, count > 1 ? {} : { severity: "warn" });
  }
  const open = replicas.find(({ least }) => least === undefined);
  if (open !== undefined) {
    return observe(
      key,
      `whether ${shown} allows a drain is unknown: the replicas are ${open.written}, which contains a placeholder`,
      { severity: "unknown" },
    );
  }
  if (count === 0) return [];
  const pods = podsOf(amount, count);
  const left = key === "minAvailable" ? count - pods : pods;
  const of = `${count} ${count === 1 ? "replica" : "replicas"}`;
  // If it has no number, an autoscaler in an unread file may set it.
  const more = replicas.some(({ isDefault }) => isDefault)
    ? { lacks: ["HorizontalPodAutoscaler", "ScaledObject"] }
    : {};
  if (left <= 0) return observe(key, `${shown} of ${of} blocks every drain`, more);
  // A single replica cannot be both protected and drained; leaving it unprotected is a deliberate choice.
  return left >= count && count > 1 ? observe(key, `${shown} of ${of} protects nothing`, more) : [];
}

/**
 * Kubernetes asks the controller for its scale, which a Job does not have, unless minAvailable is an absolute number.
 */
function judgeUncounted(owner: Manifest, key: string, amount: Amount, observe: Observe): Observation[] {
  const whose = owner.kind === "Pod" ? `the bare pod ${owner.name}` : `the pods of ${owner.kind} ${owner.name}`;
  if (key === "minAvailable" && "pods" in amount) {
    const summary =
      amount.pods === 0
        ? `selects ${whose} and protects nothing`
        : `selects ${whose}, and blocks drains until they finish`;
    return observe(key, summary, { severity: "warn" });
  }
  return observe(
    key,
    `selects ${whose}, which cannot be counted for ${key === "minAvailable" ? "a percentage" : key}: no eviction is allowed`,
  );
}

function picksNothing(budget: Manifest, unit: Unit, tree: Tree, observe: Observe): Observation[] {
  const beside = tree.beside(unit);
  if (beside.some((each) => mayMakePods(each, budget))) return [];
  const selector = field(budget.value, "spec", "selector");
  if (!isFields(selector)) return observe("selector", "has no selector, so it selects no pods");
  const isHere = beside.some((each) => hasPods(each) && mayBeIn(each, budget.namespace));
  if (!isHere) {
    return observe("selector", "selects no pods of the tree, which has none in its namespace", { severity: "unknown" });
  }
  return observe("selector", "its selector matches no pods of the tree", { lacks: podKinds });
}

/** The eviction API fails if a pod has two budgets. Each pair is reported once, at the second budget. */
function collisions(budget: Manifest, budgets: readonly Manifest[], unit: Unit): Observation[] {
  const before = budgets.slice(0, budgets.indexOf(budget));
  const together = appliedWith(budget, unit);
  return before
    .filter((other) => together.includes(other))
    .filter((other) => other.namespace === budget.namespace && !isSameObject(other, budget))
    .flatMap((other) => {
      const both = together.find((each) => protects(budget, each) && protects(other, each));
      if (both === undefined) return [];
      const summary = `selects the pods of ${both.kind.toLowerCase()} ${both.name}, as does ${other.name}: a pod with two budgets cannot be evicted`;
      return [{ manifest: budget, path: ["spec", "selector"], summary, fix: "keep one budget per pod" }];
    });
}
