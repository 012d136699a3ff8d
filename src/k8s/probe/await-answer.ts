import type { Clock } from "../../core/clock.ts";
import { AppError } from "../../core/error.ts";
import { itemsOf } from "../../core/items-of.ts";
import { hasCondition, isBeingDeleted, type KubeObject } from "../../core/kubernetes/object.ts";
import { troubleOf } from "../../core/kubernetes/pod-trouble.ts";
import type { ContainerState, PodObject } from "../../core/kubernetes/pod.ts";
import { bracketed } from "../../core/probe.ts";
import { within } from "../../core/within.ts";
import type { Cluster } from "../port.ts";
import { listenerPort, probeContainer, probeDeadlineSeconds } from "./probe-job.ts";

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

type ProbedCluster = Pick<Cluster, "name" | "kubectl" | "watch" | "list">;

interface JobName {
  readonly name: string;
  readonly namespace: string;
}

/** Waits until the container of a Job has ended, whether or not its sidecars have. Throws as {@link awaitPod}. */
export async function awaitAnswer(
  cluster: ProbedCluster,
  job: JobName,
  clock: Clock,
  signal: AbortSignal,
): Promise<EndedProbe> {
  const judge = (pod: PodObject): EndedProbe | undefined => {
    const ended = stateOf(pod)?.terminated;
    return ended === undefined ? undefined : { pod: pod.metadata.name, exitCode: ended.exitCode };
  };
  return awaitPod(cluster, job, judge, clock, signal);
}

/**
 * Waits until the pod of a Job is ready to be called, and returns its URL. Throws PROBE_SIDECAR_MISSING, and as
 * {@link awaitPod}.
 */
export async function awaitListener(
  cluster: ProbedCluster,
  job: JobName,
  clock: Clock,
  signal: AbortSignal,
): Promise<string> {
  const judge = (pod: PodObject): string | undefined => {
    const { spec, status } = pod;
    const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
    if (!containers.some(({ name }) => name === "istio-proxy")) throw withoutSidecar(cluster, job);
    return hasCondition(pod, "Ready") && status?.podIP !== undefined
      ? `http://${bracketed(status.podIP)}:${listenerPort}/`
      : undefined;
  };
  return awaitPod(cluster, job, judge, clock, signal);
}

/**
 * Waits until `judge` returns something of a Job's pod. Throws PROBE_POD_REFUSED if no pod may be created, and
 * PROBE_POD_NOT_STARTED if it cannot run, or nothing was returned in time.
 */
async function awaitPod<T>(
  cluster: ProbedCluster,
  job: JobName,
  judge: (pod: PodObject) => T | undefined,
  clock: Clock,
  signal: AbortSignal,
): Promise<T> {
  const first = await seen(cluster, job, (pod) => pod, firstPodMs, clock, signal);
  if (first === undefined) await refusal(cluster, job, signal);
  let last = first;
  const judged = (pod: PodObject): T | undefined => {
    const found = judge(pod);
    if (found !== undefined) return found;
    const waits = (pod.status?.initContainerStatuses ?? []).map((each) => each.state?.waiting?.reason ?? "");
    const isHopeless = [stateOf(pod)?.waiting?.reason ?? "", ...waits].some((reason) => hopeless.has(reason));
    // What is deleted, for example because the Job is past its deadline, no longer says what it waited for.
    if (isBeingDeleted(pod)) throw notStarted(cluster, job, last);
    last = pod;
    if (isHopeless || pod.status?.phase === "Failed") throw notStarted(cluster, job, pod);
    return undefined;
  };
  const found = await seen(cluster, job, judged, probeDeadlineSeconds * 1_000, clock, signal);
  if (found !== undefined) return found;
  throw notStarted(cluster, job, last);
}

/** Watches the pods of a Job until `judge` returns something; undefined if it did not in time. */
async function seen<T>(
  cluster: Pick<Cluster, "watch">,
  { name, namespace }: JobName,
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
  { name, namespace }: JobName,
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
  { name, namespace }: JobName,
  pod: PodObject | undefined,
): AppError {
  const why = pod === undefined ? "the Job has created none" : troubleOf(pod, new Set()).summary;
  // The pod is removed with its Job: what it waited for is looked up elsewhere.
  const next = pod === undefined ? [`${kubectl} -n ${namespace} get events`] : [];
  return new AppError("PROBE_POD_NOT_STARTED", `${place}: the pod of Job ${namespace}/${name} did not run: ${why}.`, {
    next: [...next, "gennet explain PROBE_POD_NOT_STARTED"],
  });
}

function withoutSidecar(
  { name: place, kubectl }: Pick<Cluster, "name" | "kubectl">,
  { name, namespace }: JobName,
): AppError {
  return new AppError("PROBE_SIDECAR_MISSING", `${place}: the pod of Job ${namespace}/${name} got no sidecar.`, {
    next: [
      `${kubectl} get mutatingwebhookconfigurations -l app=sidecar-injector`,
      "gennet explain PROBE_SIDECAR_MISSING",
    ],
  });
}
