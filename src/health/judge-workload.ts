import type { CheckFinding } from "../core/check.ts";
import type { PodObject } from "./kube-objects.ts";
import { nodeKey } from "./lost-nodes.ts";
import { type PodTrouble, troubleOf } from "./pod-trouble.ts";
import type { Workload } from "./workload.ts";

export interface Evidence {
  /** Its pods that are unhealthy. */
  readonly pods: readonly PodObject[];
  /** Of nodes that are not ready. */
  readonly lostNodes: ReadonlySet<string>;
  /** Why its controller could not create pods, if an event says so. */
  readonly refusal: string | undefined;
  readonly now: number;
  /** `kubectl --context X`, for the commands that are shown. */
  readonly kubectl: string;
}

export type Judgement = Pick<CheckFinding, "severity" | "summary" | "fix" | "symptomOf" | "obstacle">;

/** What to say of a workload that is unhealthy: how bad it is, why, and what to look at. */
export function judgeWorkload(workload: Workload, evidence: Evidence): Judgement {
  const { available, desired } = workload;
  const counts = `${available} of ${desired} available`;
  const { namespace = "default", name } = workload.object.metadata;
  const describe = `${evidence.kubectl} -n ${namespace} describe ${workload.object.kind.toLowerCase()} ${name}`;

  if (workload.refused !== undefined) {
    return { severity: "fail", summary: `${counts}: pods cannot be created: ${workload.refused}`, fix: describe };
  }
  const worst = worstOf(evidence);
  if (worst === undefined) return withoutPods(workload, evidence, counts, describe);

  const { trouble, pod, count } = worst;
  const why = `${count} of its pods ${count === 1 ? "is" : "are"} unhealthy: ${trouble.summary}`;
  const overdue = evidence.now - trouble.since > workload.deadlineMs;
  const failing = workload.stalled !== undefined || trouble.definite || (!workload.rolling && overdue);
  const what = workload.stalled !== undefined ? "the rollout is stalled; " : workload.rolling ? "rolling out; " : "";
  return {
    severity: failing ? "fail" : "warn",
    summary: `${counts}: ${what}${why}`,
    fix: lookAt(pod, trouble, evidence.kubectl),
    ...(isLost(evidence) ? { symptomOf: { id: "nodes/ready", about: nodeKey(pod.spec?.nodeName ?? "") } } : {}),
  };
}

function withoutPods(workload: Workload, evidence: Evidence, counts: string, fix: string): Judgement {
  const because = evidence.refusal === undefined ? "" : `: ${evidence.refusal}`;
  if (workload.stalled !== undefined) {
    return { severity: "fail", summary: `${counts}: the rollout is stalled: ${workload.stalled}`, fix };
  }
  if (workload.paused) return { severity: "warn", summary: `${counts}: its rollout is paused${because}`, fix };
  if (evidence.refusal !== undefined && workload.available < workload.desired) {
    return { severity: "fail", summary: `${counts}${because}`, fix };
  }
  if (workload.rolling) return { severity: "warn", summary: `${counts}: rolling out${because}`, fix };
  return { severity: "fail", summary: counts, fix };
}

/** The trouble to name: one that will not pass before one that may, then the one that most pods have. */
function worstOf({ pods, lostNodes }: Evidence): { trouble: PodTrouble; pod: PodObject; count: number } | undefined {
  const kinds = new Map<string, { trouble: PodTrouble; pod: PodObject; count: number }>();
  for (const pod of pods) {
    const trouble = troubleOf(pod, lostNodes);
    const seen = kinds.get(trouble.summary);
    if (seen === undefined) kinds.set(trouble.summary, { trouble, pod, count: 1 });
    else kinds.set(trouble.summary, { ...seen, count: seen.count + 1 });
  }
  return [...kinds.values()].sort(
    (a, b) => Number(b.trouble.definite) - Number(a.trouble.definite) || b.count - a.count,
  )[0];
}

function isLost({ pods, lostNodes }: Evidence): boolean {
  return pods.every((pod) => lostNodes.has(pod.spec?.nodeName ?? ""));
}

/** The command that shows more of a pod's trouble. */
export function lookAt(pod: PodObject, trouble: PodTrouble, kubectl: string): string {
  const { namespace = "default", name } = pod.metadata;
  return trouble.definite && trouble.container !== undefined && trouble.summary.includes("exit code")
    ? `${kubectl} -n ${namespace} logs ${name} -c ${trouble.container} --previous`
    : `${kubectl} -n ${namespace} describe pod ${name}`;
}
