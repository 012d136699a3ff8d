import type { CheckFinding } from "../core/check.ts";
import type { PodObject } from "../core/kubernetes/pod.ts";
import { nodeKey } from "./lost-nodes.ts";
import { lookAt, type PodTrouble, troubleOf } from "../core/kubernetes/pod-trouble.ts";
import type { Rollout, WorkloadObject } from "../core/kubernetes/workload.ts";

export interface WorkloadEvidence {
  /** Its unhealthy pods. */
  readonly pods: readonly PodObject[];
  /** The names of nodes that are not ready. */
  readonly lostNodes: ReadonlySet<string>;
  /** Why its controller could not create pods, according to an event. */
  readonly refusal: string | undefined;
  readonly now: number;
  /** `kubectl --context X`, for commands in findings. */
  readonly kubectl: string;
}

/** A workload, and the state of its rollout. */
export interface JudgedWorkload {
  readonly object: WorkloadObject;
  readonly rollout: Rollout;
}

export type WorkloadJudgement = Pick<CheckFinding, "severity" | "summary" | "fix" | "symptomOf" | "obstacle">;

/** Returns the severity of an unhealthy workload, the reason, and the command that shows more. */
export function judgeWorkload({ object, rollout }: JudgedWorkload, evidence: WorkloadEvidence): WorkloadJudgement {
  const counts = `${rollout.available} of ${rollout.desired} available`;
  const { namespace = "default", name } = object.metadata;
  const describe = `${evidence.kubectl} -n ${namespace} describe ${object.kind.toLowerCase()} ${name}`;

  if (rollout.refused !== undefined) {
    return { severity: "fail", summary: `${counts}: pods cannot be created: ${rollout.refused}`, fix: describe };
  }
  const worst = worstOf(evidence);
  if (worst === undefined) return withoutPods(rollout, evidence, counts, describe);

  const { trouble, pod, count } = worst;
  const why = `${count} of its pods ${count === 1 ? "is" : "are"} unhealthy: ${trouble.summary}`;
  const overdue = evidence.now - trouble.since > rollout.deadlineMs;
  const failing = rollout.stalled !== undefined || trouble.definite || (!rollout.rolling && overdue);
  const what = rollout.stalled !== undefined ? "the rollout is stalled; " : rollout.rolling ? "rolling out; " : "";
  return {
    severity: failing ? "fail" : "warn",
    summary: `${counts}: ${what}${why}`,
    fix: lookAt(pod, trouble, evidence.kubectl),
    ...(isLost(evidence) ? { symptomOf: { id: "nodes/ready", about: nodeKey(pod.spec?.nodeName ?? "") } } : {}),
  };
}

function withoutPods(rollout: Rollout, evidence: WorkloadEvidence, counts: string, fix: string): WorkloadJudgement {
  const because = evidence.refusal === undefined ? "" : `: ${evidence.refusal}`;
  if (rollout.stalled !== undefined) {
    return { severity: "fail", summary: `${counts}: the rollout is stalled: ${rollout.stalled}`, fix };
  }
  if (rollout.paused) return { severity: "warn", summary: `${counts}: its rollout is paused${because}`, fix };
  if (evidence.refusal !== undefined && rollout.available < rollout.desired) {
    return { severity: "fail", summary: `${counts}${because}`, fix };
  }
  if (rollout.rolling) return { severity: "warn", summary: `${counts}: rolling out${because}`, fix };
  return { severity: "fail", summary: counts, fix };
}

/** Returns the problem to report: a permanent one before one that may pass, then the one that most pods have. */
function worstOf({
  pods,
  lostNodes,
}: WorkloadEvidence): { trouble: PodTrouble; pod: PodObject; count: number } | undefined {
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

function isLost({ pods, lostNodes }: WorkloadEvidence): boolean {
  return pods.every((pod) => lostNodes.has(pod.spec?.nodeName ?? ""));
}
