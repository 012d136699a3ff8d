import { AppError } from "../core/error.ts";
import type { CheckFinding } from "../core/check.ts";
import { unknownBecause } from "../core/run-checks.ts";
import { type Judgement, judgeWorkload } from "./judge-workload.ts";
import type { EventObject, PodObject, WorkloadObject } from "./kube-objects.ts";
import type { KubeReads } from "./kube-reads.ts";
import { lostNodes } from "./lost-nodes.ts";
import { ownerOf } from "./pod-trouble.ts";
import { isWell, toWorkload, type Workload, workloadKey } from "./workload.ts";

/** All workloads of a place, and what there is to say about those that are unhealthy. */
export interface Workloads {
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

export async function readWorkloads({ kube, now, kubectl }: Reads): Promise<Workloads> {
  const kinds = [
    ["Deployment", kube.deployments],
    ["StatefulSet", kube.statefulSets],
    ["DaemonSet", kube.daemonSets],
  ] as const;
  const lists = await Promise.all(kinds.map(async ([kind, read]) => ({ kind, list: await orError(read) })));
  const unread = lists.flatMap(({ kind, list }) => (list instanceof AppError ? [{ kind, error: list }] : []));
  const all = lists.flatMap(({ list }) => (list instanceof AppError ? [] : list)).map(toWorkload);
  const notWell = all.filter((workload) => !isWell(workload));
  const broken = await explain(notWell, { kube, now, kubectl });
  return { available: all.filter((each) => each.available >= each.desired).length, total: all.length, broken, unread };
}

async function explain(workloads: readonly Workload[], reads: Reads): Promise<Map<string, Omit<CheckFinding, "id">>> {
  if (workloads.length === 0) return new Map();
  const { kube, now, kubectl } = reads;
  const pods = await orError(kube.pods);
  const byOwner = pods instanceof AppError ? new Map<string, PodObject[]>() : groupByOwner(pods.troubled);
  const [lost, refusals] = await Promise.all([lostNodes(kube.nodes), orError(kube.refusals)]);
  const findings = workloads.map((workload) => {
    const { kind, metadata } = workload.object;
    const key = keyOf(workload.object);
    const judgement = judgeWorkload(workload, {
      pods: byOwner.get(key) ?? [],
      lostNodes: lost,
      refusal: lastRefusal(refusals, workload.object),
      now: now(),
      kubectl,
    });
    const subject = `${kind.toLowerCase()} ${metadata.namespace}/${metadata.name}`;
    const evidence = { available: workload.available, desired: workload.desired };
    const told = pods instanceof AppError ? withoutReason(judgement, pods) : judgement;
    return [key, { ...told, subject, about: [key], evidence }] as const;
  });
  return new Map(findings);
}

/** Whether a change is in progress or stuck is seen by the pods; without them it is not known. */
function withoutReason(judgement: Judgement, error: AppError): Judgement {
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

function keyOf({ kind, metadata }: WorkloadObject): string {
  return workloadKey(kind, metadata.namespace, metadata.name);
}

/** Why the workload's pods could not be created, if that is so: the newest such event's words. */
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
