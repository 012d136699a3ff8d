import type { Clock } from "../../../../core/clock.ts";
import { formatDuration } from "../../../../core/duration.ts";
import { AppError } from "../../../../core/error.ts";
import { itemsOf } from "../../../../core/items-of.ts";
import { type BudgetObject, budgetsInTheWay, guardedBy } from "../../../../core/kubernetes/disruption-budget.ts";
import { hasCondition } from "../../../../core/kubernetes/object.ts";
import { isAlive, ownerOf, type PodObject } from "../../../../core/kubernetes/pod.ts";
import { lookAt, troubleOf } from "../../../../core/kubernetes/pod-trouble.ts";
import {
  isRolledOut,
  rolloutOf,
  rolloutText,
  whyNotReplaced,
  type WorkloadObject,
} from "../../../../core/kubernetes/workload.ts";
import { type Look, poll } from "../../../../core/poll.ts";
import { gotNoAnswer } from "../../../../core/transient.ts";
import type { Cluster, ObjectRef } from "../../../../k8s/port.ts";
import { revisionLabel } from "../../../components/istio-tag.ts";
import { revisionOf } from "../../../components/mesh-revisions.ts";
import type { OldProxy } from "./mesh-proxies.ts";
import { takesPodsAway } from "./takes-pods-away.ts";

type Workload = NonNullable<OldProxy["workload"]>;

/** On pod templates: setting it again changes nothing, so a run that continues another restarts nothing twice. */
const istioAnnotation = "gennet.dev/istio";
const pauses = { firstPauseMs: 1_000, longestPauseMs: 10_000 };
/** For a pod that is still being replaced after its workload reports the end of a rollout. */
const graceMs = 60_000;

/**
 * Restarts one workload for a version of istiod, and waits until all of its pods have a proxy of it. A rollout that is
 * under way ends first: it may be all that is needed. Throws STEP_FAILED.
 */
export async function restartWorkload(
  workload: Workload,
  version: string,
  cluster: Cluster,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const { kind, namespace, name } = workload;
  const ref: ObjectRef = { apiVersion: "apps/v1", kind, namespace, name };
  const live = (await cluster.get(ref, signal)) as WorkloadObject | undefined;
  if (live === undefined) return;
  const until = (isEnough: (seen: Seen) => Look<Seen>): Promise<Seen> =>
    poll({
      look: async () => {
        const seen = await look(workload, ref, version, cluster, signal);
        return seen.live === undefined ? { found: seen } : isEnough(seen);
      },
      tolerates: gotNoAnswer,
      patienceMs: rolloutOf(live).deadlineMs + graceMs,
      ...pauses,
      report: () => undefined,
      late: (waiting, waited) => failed(workload, `${waiting} after ${formatDuration(waited)}`, cluster),
      clock,
      signal,
    });
  const before = await until(settled);
  if (before.live === undefined || before.old === undefined) return;
  if (before.live.spec.template?.metadata?.annotations?.[istioAnnotation] !== version) {
    await assertRestartable(before.live, workload, cluster, signal);
    const merge = { spec: { template: { metadata: { annotations: { [istioAnnotation]: version } } } } };
    await cluster.patch(ref, { merge }, {}, signal);
  }
  await until((seen) => {
    const { old } = seen;
    if (old === undefined) return settled(seen);
    const named = `its pod ${old} still has the proxy of another istiod`;
    return { waiting: `${named}; its namespace or its pod template may name a revision (${revisionLabel})` };
  });
}

interface Seen {
  /** Undefined if it was deleted. */
  readonly live: WorkloadObject | undefined;
  /** The name of a pod with the proxy of another istiod. */
  readonly old: string | undefined;
}

function settled(seen: Seen): Look<Seen> {
  if (seen.live === undefined) return { found: seen };
  const rollout = rolloutOf(seen.live);
  return isRolledOut(rollout) ? { found: seen } : { waiting: rolloutText(rollout) };
}

/** Reads a workload and its pods. Throws if it cannot become healthy by itself. */
async function look(
  workload: Workload,
  ref: ObjectRef,
  version: string,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<Seen> {
  const live = (await cluster.get(ref, signal)) as WorkloadObject | undefined;
  if (live === undefined) return { live, old: undefined };
  const { stalled, refused } = rolloutOf(live);
  const stuck = stalled ?? refused;
  if (stuck !== undefined) throw failed(workload, `its rollout does not end: ${stuck}`, cluster);
  const pods = await podsOf(workload, cluster, signal);
  for (const pod of pods.filter((each) => !hasCondition(each, "Ready"))) {
    const trouble = troubleOf(pod, new Set());
    // A pod without a node may get one.
    if (!trouble.definite || trouble.container === undefined) continue;
    throw failed(
      workload,
      `its pod ${pod.metadata.name}: ${trouble.summary}`,
      cluster,
      lookAt(pod, trouble, cluster.kubectl),
    );
  }
  const old = pods.find(({ metadata }) => metadata.annotations?.[revisionLabel] !== revisionOf(version));
  return { live, old: old?.metadata.name };
}

/** Throws if a restart would take away pods that must not go, or would replace none. */
async function assertRestartable(
  live: WorkloadObject,
  workload: Workload,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<void> {
  const kept = whyNotReplaced(live);
  if (kept !== undefined) throw failed(workload, kept, cluster);
  if (!takesPodsAway(live)) return;
  const { namespace } = workload;
  const query = { apiVersion: "policy/v1", kind: "PodDisruptionBudget", namespace };
  const [budgets, pods] = await Promise.all([
    itemsOf(cluster.list<BudgetObject>(query, signal)),
    podsOf(workload, cluster, signal),
  ]);
  const own = budgets.filter((budget) => guardedBy(budget, pods).length > 0);
  const [first] = budgetsInTheWay(own, cluster.kubectl).stopping;
  if (first === undefined) return;
  const { budget, stop } = first;
  throw failed(workload, `its poddisruptionbudget ${budget.metadata.name} ${stop.summary("")}`, cluster);
}

async function podsOf(
  { kind, namespace, name }: Workload,
  cluster: Pick<Cluster, "list">,
  signal: AbortSignal,
): Promise<readonly PodObject[]> {
  const all = await itemsOf(cluster.list<PodObject>({ apiVersion: "v1", kind: "Pod", namespace }, signal));
  return all.filter((pod) => {
    const owner = ownerOf(pod);
    return isAlive(pod) && owner?.kind === kind && owner.name === name;
  });
}

function failed(
  { kind, namespace, name }: Workload,
  why: string,
  { kubectl }: Pick<Cluster, "kubectl">,
  look?: string,
): AppError {
  const message = `${kind.toLowerCase()} ${namespace}/${name}: ${why}.`;
  return new AppError("STEP_FAILED", message, {
    next: [
      look ?? `${kubectl} -n ${namespace} describe ${kind.toLowerCase()} ${name}`,
      "Run the same command again: it continues with the workloads that are left.",
    ],
  });
}
