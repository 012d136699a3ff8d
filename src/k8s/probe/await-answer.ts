import type { Clock } from "../../core/clock.ts";
import { AppError } from "../../core/error.ts";
import { itemsOf } from "../../core/items-of.ts";
import { isBeingDeleted, type KubeObject } from "../../core/kubernetes/object.ts";
import { troubleOf } from "../../core/kubernetes/pod-trouble.ts";
import type { ContainerState, PodObject } from "../../core/kubernetes/pod.ts";
import { within } from "../../core/within.ts";
import type { Cluster } from "../port.ts";
import { probeContainer, probeDeadlineSeconds } from "./probe-job.ts";

/** What the container of a probe ended with. */
export interface EndedProbe {
  readonly pod: string;
  readonly exitCode: number;
}

/** What cannot change while gennet waits. A missing image may be a registry that is slow to answer: ErrImagePull. */
const hopeless = new Set([
  "ImagePullBackOff",
  "InvalidImageName",
  "ErrImageNeverPull",
  "CreateContainerConfigError",
  "CreateContainerError",
  "RunContainerError",
]);
const firstPodMs = 10_000;

interface EventOfJob extends KubeObject {
  readonly message?: string;
}

/**
 * Waits until the container of a Job has ended, whether or not its sidecars have. Throws PROBE_POD_REFUSED if no pod may be
 * created, and PROBE_POD_NOT_STARTED if it cannot run, or has not ended in time.
 */
export async function awaitAnswer(
  cluster: Pick<Cluster, "name" | "kubectl" | "watch" | "list">,
  job: { readonly name: string; readonly namespace: string },
  clock: Clock,
  signal: AbortSignal,
): Promise<EndedProbe> {
  const first = await seen(cluster, job, (pod) => pod, firstPodMs, clock, signal);
  if (first === undefined) await refusal(cluster, job, signal);
  let last = first;
  const judge = (pod: PodObject): EndedProbe | undefined => {
    const state = stateOf(pod);
    if (state?.terminated !== undefined) return { pod: pod.metadata.name, exitCode: state.terminated.exitCode };
    const waits = (pod.status?.initContainerStatuses ?? []).map((each) => each.state?.waiting?.reason ?? "");
    const isHopeless = [state?.waiting?.reason ?? "", ...waits].some((reason) => hopeless.has(reason));
    // What is deleted, for example because the Job is past its deadline, no longer says what it waited for.
    if (isBeingDeleted(pod)) throw notStarted(cluster, job, last);
    last = pod;
    if (isHopeless || pod.status?.phase === "Failed") throw notStarted(cluster, job, pod);
    return undefined;
  };
  const ended = await seen(cluster, job, judge, probeDeadlineSeconds * 1_000, clock, signal);
  if (ended !== undefined) return ended;
  throw notStarted(cluster, job, last);
}

/** Watches the pods of a Job until `judge` returns something; undefined if it did not in time. */
async function seen<T>(
  cluster: Pick<Cluster, "watch">,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  judge: (pod: PodObject) => T | undefined,
  forMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<T | undefined> {
  const query = { apiVersion: "v1", kind: "Pod", namespace, labelSelector: `batch.kubernetes.io/job-name=${name}` };
  return within(forMs, clock, signal, async (limit) => {
    for await (const event of cluster.watch<PodObject>(query, limit)) {
      if (event.type === "interrupted" || event.type === "deleted") continue;
      for (const pod of event.type === "listed" ? event.objects : [event.object]) {
        const found = judge(pod);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  });
}

function stateOf({ status }: PodObject): ContainerState | undefined {
  return status?.containerStatuses?.find(({ name }) => name === probeContainer)?.state;
}

/** Throws PROBE_POD_REFUSED if the Job reports that it may not create its pod: an admission policy or a quota. */
async function refusal(
  { name: place, kubectl, list }: Pick<Cluster, "name" | "kubectl" | "list">,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  signal: AbortSignal,
): Promise<void> {
  const fieldSelector = `involvedObject.name=${name},reason=FailedCreate`;
  const events = await itemsOf(list<EventOfJob>({ apiVersion: "v1", kind: "Event", namespace, fieldSelector }, signal));
  const message = events.at(-1)?.message;
  if (message === undefined) return;
  throw new AppError("PROBE_POD_REFUSED", `${place}: no pod may be created in namespace ${namespace}: ${message}.`, {
    next: [`${kubectl} get namespace ${namespace} -o yaml`, "gennet explain PROBE_POD_REFUSED"],
  });
}

function notStarted(
  { name: place, kubectl }: Pick<Cluster, "name" | "kubectl">,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  pod: PodObject | undefined,
): AppError {
  const why = pod === undefined ? "the Job has created none" : troubleOf(pod, new Set()).summary;
  // The pod is removed with its Job: what it waited for is looked up elsewhere.
  const next = pod === undefined ? [`${kubectl} -n ${namespace} get events`] : [];
  return new AppError("PROBE_POD_NOT_STARTED", `${place}: the pod of Job ${namespace}/${name} did not run: ${why}.`, {
    next: [...next, "gennet explain PROBE_POD_NOT_STARTED"],
  });
}
