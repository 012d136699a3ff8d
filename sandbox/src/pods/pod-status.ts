import type { Condition } from "../../../src/core/kubernetes/object.ts";
import type { PodAddresses } from "./downward.ts";
import type { Run } from "./container-run.ts";
import { faultCondition } from "./fault.ts";
import { findImage, type Image } from "./image.ts";
import { outcomeOf, type Observations, type Observed, willRestart } from "./plan.ts";
import { type Container, isSidecar, type Pod, type PodStatus } from "./pod.ts";

export interface StatusFacts {
  readonly observed: Observations;
  /** Absent while the pod has no network yet. */
  readonly addresses?: PodAddresses;
  readonly images: readonly Image[];
  /** The text of the active fault. */
  readonly fault?: string;
  /** When the runtime took on the pod, in milliseconds since the epoch. */
  readonly startTime: number;
  readonly now: number;
}

/** Returns the status that a kubelet would report. */
export function podStatus(pod: Pod, facts: StatusFacts): PodStatus {
  const { observed, addresses, now } = facts;
  const { initContainers = [], containers } = pod.spec;
  const phase = phaseOf(pod, observed);
  const over = phase === "Succeeded" || phase === "Failed";
  const initialized = over || isInitialized(pod, observed);
  const serving = [...initContainers.filter(isSidecar), ...containers];
  const unready = serving.filter(({ name }) => observed.get(name)?.ready !== true).map(({ name }) => name);
  const gates = (pod.spec.readinessGates ?? []).filter(
    ({ conditionType }) => pod.status?.conditions?.find(({ type }) => type === conditionType)?.status !== "True",
  );
  const waits = initContainers.filter((each) => !isInitDone(each, observed.get(each.name))).map(({ name }) => name);
  const containersReady = over
    ? no("PodCompleted")
    : unready.length > 0
      ? no("ContainersNotReady", `containers with unready status: [${unready.join(" ")}]`)
      : yes;
  const gated = gates.map(
    ({ conditionType }) => `corresponding condition of pod readiness gate "${conditionType}" is not "True".`,
  );
  const ready =
    containersReady === yes && gated.length > 0 ? no("ReadinessGatesNotReady", gated.join(", ")) : containersReady;
  const conditions = [
    { type: "PodReadyToStartContainers", ...(addresses === undefined ? no() : yes) },
    {
      type: "Initialized",
      ...(initialized
        ? yes
        : no("ContainersNotInitialized", `containers with incomplete status: [${waits.join(" ")}]`)),
    },
    { type: "ContainersReady", ...containersReady },
    { type: "Ready", ...ready },
    ...faultReport(pod, facts.fault),
  ];
  const report = (container: Container): object => containerStatus(pod, container, facts, phase);
  return {
    phase,
    conditions: conditions.map((condition) => withTransition(condition, pod, now)),
    startTime: time(facts.startTime),
    ...(addresses === undefined
      ? {}
      : {
          hostIP: addresses.hostIP,
          hostIPs: [{ ip: addresses.hostIP }],
          podIP: addresses.podIP,
          podIPs: [{ ip: addresses.podIP }],
        }),
    ...(initContainers.length === 0 ? {} : { initContainerStatuses: initContainers.map(report) }),
    containerStatuses: containers.map(report),
  };
}

/** A pod that never had a fault has no condition for it. */
function faultReport({ status }: Pod, fault: string | undefined): readonly ({ readonly type: string } & Verdict)[] {
  if (fault !== undefined) return [{ type: faultCondition, status: "True", reason: "OnPurpose", message: fault }];
  const before = status?.conditions?.some(({ type }) => type === faultCondition) === true;
  return before ? [{ type: faultCondition, ...no("Healed", "") }] : [];
}

type Verdict = Pick<Condition, "status" | "reason" | "message">;
const yes: Verdict = { status: "True" };
function no(reason?: string, message?: string): Verdict {
  return {
    status: "False",
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  };
}

function phaseOf(pod: Pod, observed: Observations): string {
  const outcome = outcomeOf(pod, observed);
  if (outcome !== undefined) {
    // Succeeded and Failed are final: such a pod must not have a running sidecar.
    const left = (pod.spec.initContainers ?? []).some(({ name }) => {
      const state = observed.get(name)?.run?.state;
      return state !== undefined && state !== "ended";
    });
    return left ? "Running" : outcome;
  }
  const begun = pod.spec.containers.some(({ name }) => (observed.get(name)?.run?.startedAt ?? 0) > 0);
  return begun && isInitialized(pod, observed) ? "Running" : "Pending";
}

function isInitialized({ spec }: Pod, observed: Observations): boolean {
  if (spec.containers.some(({ name }) => observed.get(name)?.run !== undefined)) return true;
  return (spec.initContainers ?? []).every((each) => isInitDone(each, observed.get(each.name)));
}

function isInitDone(container: Container, observed: Observed | undefined): boolean {
  if (isSidecar(container)) return observed?.started === true;
  return observed?.run?.state === "ended" && observed.run.exitCode === 0;
}

function withTransition(condition: Omit<Condition, "lastTransitionTime">, pod: Pod, now: number): Condition {
  const before = pod.status?.conditions?.find(({ type }) => type === condition.type);
  const since = before?.status === condition.status ? before.lastTransitionTime : undefined;
  return { ...condition, lastTransitionTime: since ?? time(now) };
}

function containerStatus(pod: Pod, container: Container, { observed, images }: StatusFacts, phase: string): object {
  const { name, image } = container;
  const known = observed.get(name);
  const run = known?.run;
  const folder = findImage(images, image)?.folder;
  const init = pod.spec.initContainers?.includes(container) === true && !isSidecar(container);
  const complete = init && run?.state === "ended" && run.exitCode === 0;
  const { state, lastState } = states(pod, container, known, phase);
  return {
    name,
    image,
    imageID: folder === undefined ? "" : `folder://${folder}`,
    ...(run === undefined ? {} : { containerID: containerId(pod, name, run.number) }),
    ready: complete || known?.ready === true,
    started: !init && known?.started === true && run?.state === "running",
    restartCount: run?.number ?? 0,
    state,
    lastState,
  };
}

function states(
  pod: Pod,
  container: Container,
  known: Observed | undefined,
  phase: string,
): { state: object; lastState: object } {
  const run = known?.run;
  const previous = known?.previous === undefined ? {} : { terminated: terminated(known.previous) };
  if (run === undefined || run.state === "starting") {
    const waiting = known?.waiting ?? {
      reason: phase === "Pending" && isInitializing(pod, known) ? "PodInitializing" : "ContainerCreating",
    };
    return { state: { waiting }, lastState: previous };
  }
  if (run.state === "running") {
    return { state: { running: { startedAt: time(run.startedAt ?? 0) } }, lastState: previous };
  }
  if (known?.waiting !== undefined && willRestart(pod, container, run))
    return { state: { waiting: known.waiting }, lastState: { terminated: terminated(run) } };
  return { state: { terminated: terminated(run) }, lastState: previous };
}

function isInitializing(pod: Pod, known: Observed | undefined): boolean {
  return known?.run === undefined && (pod.spec.initContainers?.length ?? 0) > 0;
}

function terminated(run: Run): object {
  const reason = run.error !== undefined ? "StartError" : run.exitCode === 0 ? "Completed" : "Error";
  const message = run.error ?? run.message;
  return {
    exitCode: run.exitCode ?? 0,
    reason,
    ...(message === undefined ? {} : { message }),
    startedAt: time(run.startedAt ?? run.finishedAt ?? 0),
    finishedAt: time(run.finishedAt ?? 0),
  };
}

function containerId({ metadata }: Pod, name: string, number: number): string {
  return `gennet://${metadata.uid}/${name}/${number}`;
}

/** Returns RFC 3339 in seconds, like metav1.Time. */
function time(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
