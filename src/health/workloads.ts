import { AppError } from "../core/error.ts";
import type { CheckFinding } from "../core/check.ts";
import { type Rollout, rolloutOf, workloadKey, type WorkloadObject } from "../core/kubernetes/workload.ts";
import { unknownBecause } from "../core/run-checks.ts";
import { type JudgedWorkload, judgeWorkload, type WorkloadJudgement } from "./judge-workload.ts";
import type { EventObject } from "./kube-objects.ts";
import type { KubeReads } from "./kube-reads.ts";
import { lostNodes } from "./lost-nodes.ts";
import { type PodObject, ownerOf } from "../core/kubernetes/pod.ts";

/** The workloads of a place, and why some are unhealthy. */
export interface WorkloadsHealth {
  readonly available: number;
  readonly total: number;
  readonly broken: ReadonlyMap<string, Omit<CheckFinding, "id">>;
  /** Kinds that could not be read. */
  readonly unread: readonly { readonly kind: string; readonly error: AppError }[];
}

interface Reads {
  readonly kube: KubeReads;
  readonly now: () => number;
  readonly kubectl: string;
}

export async function readWorkloads({ kube, now, kubectl }: Reads): Promise<WorkloadsHealth> {
  const kinds = [
    ["Deployment", kube.deployments],
    ["StatefulSet", kube.statefulSets],
    ["DaemonSet", kube.daemonSets],
  ] as const;
  const lists = await Promise.all(kinds.map(async ([kind, read]) => ({ kind, list: await orError(read) })));
  const unread = lists.flatMap(({ kind, list }) => (list instanceof AppError ? [{ kind, error: list }] : []));
  const all = lists
    .flatMap(({ list }) => (list instanceof AppError ? [] : list))
    .map((object) => ({ object, rollout: rolloutOf(object) }));
  const unhealthy = all.filter(({ rollout }) => !isHealthy(rollout));
  const broken = await explain(unhealthy, { kube, now, kubectl });
  const available = all.filter(({ rollout }) => rollout.available >= rollout.desired).length;
  return { available, total: all.length, broken, unread };
}

/** Returns whether a workload is healthy. It is, even if pods intentionally keep an older template. */
function isHealthy({ available, desired, rolling, stalled, refused }: Rollout): boolean {
  return available >= desired && !rolling && stalled === undefined && refused === undefined;
}

async function explain(
  workloads: readonly JudgedWorkload[],
  reads: Reads,
): Promise<Map<string, Omit<CheckFinding, "id">>> {
  if (workloads.length === 0) return new Map();
  const { kube, now, kubectl } = reads;
  const pods = await orError(kube.pods);
  const byOwner = pods instanceof AppError ? new Map<string, PodObject[]>() : groupByOwner(pods.troubled);
  const [lost, refusals] = await Promise.all([lostNodes(kube.nodes), orError(kube.refusals)]);
  const findings = workloads.map((workload) => {
    const { object, rollout } = workload;
    const { kind, metadata } = object;
    const key = workloadKey(kind, metadata.namespace, metadata.name);
    const judgement = judgeWorkload(workload, {
      pods: byOwner.get(key) ?? [],
      lostNodes: lost,
      refusal: lastRefusal(refusals, object),
      now: now(),
      kubectl,
    });
    const subject = `${kind.toLowerCase()} ${metadata.namespace}/${metadata.name}`;
    const evidence = { available: rollout.available, desired: rollout.desired };
    const told = pods instanceof AppError ? withoutReason(judgement, pods) : judgement;
    return [key, { ...told, subject, about: [key], evidence }] as const;
  });
  return new Map(findings);
}

/**
 * Marks a judgement as unknown if the pods could not be read: only they show whether a change is in progress or stuck.
 */
function withoutReason(judgement: WorkloadJudgement, error: AppError): WorkloadJudgement {
  const summary = `${judgement.summary} (its pods could not be read)`;
  if (judgement.severity !== "warn") return { ...judgement, summary };
  const { severity, obstacle } = unknownBecause(error);
  return { ...judgement, summary, severity, ...(obstacle === undefined ? {} : { obstacle }) };
}

function groupByOwner(pods: readonly PodObject[]): Map<string, PodObject[]> {
  const groups = new Map<string, PodObject[]>();
  for (const pod of pods) {
    const owner = ownerOf(pod);
    if (owner === undefined) continue;
    const key = workloadKey(owner.kind, pod.metadata.namespace, owner.name);
    groups.set(key, [...(groups.get(key) ?? []), pod]);
  }
  return groups;
}

/** Returns why a workload's pods could not be created, according to the newest such event, if there is one. */
function lastRefusal(
  refusals: readonly EventObject[] | AppError,
  { kind, metadata }: WorkloadObject,
): string | undefined {
  if (refusals instanceof AppError) return undefined;
  const own = refusals.filter(
    ({ involvedObject, metadata: event }) =>
      involvedObject?.kind === kind && involvedObject.name === metadata.name && event.namespace === metadata.namespace,
  );
  return own.toSorted((a, b) => (a.lastTimestamp ?? "").localeCompare(b.lastTimestamp ?? "")).at(-1)?.message;
}

async function orError<T>(read: () => Promise<T>): Promise<T | AppError> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}
