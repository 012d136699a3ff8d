import { type Condition, condition } from "./object.ts";
import type { PodObject, ContainerStatus } from "./pod.ts";

/** Why a pod is unhealthy. */
export interface PodTrouble {
  readonly summary: string;
  /** Whether waiting will not help; otherwise the pod may just be starting or ending. */
  readonly definite: boolean;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** The container with the problem. */
  readonly container?: string;
}

const imageReasons = new Set(["ImagePullBackOff", "ErrImagePull", "InvalidImageName", "ErrImageNeverPull"]);
const startReasons = new Set(["CreateContainerConfigError", "CreateContainerError", "RunContainerError"]);

/** Returns why a pod is unhealthy. `lost`: the names of nodes that are not ready. */
export function troubleOf(pod: PodObject, lost: ReadonlySet<string>): PodTrouble {
  const since = Date.parse(condition(pod, "Ready")?.lastTransitionTime ?? pod.metadata.creationTimestamp ?? "");
  const ending = pod.metadata["deletionTimestamp"] as string | undefined;
  if (ending !== undefined) return { summary: "is being deleted", definite: false, since: Date.parse(ending) };
  if (pod.status?.phase === "Failed" && pod.status.reason !== undefined) {
    return { summary: withMessage(pod.status.reason, pod.status.message), definite: true, since };
  }
  if (lost.has(pod.spec?.nodeName ?? "")) return { summary: "its node is not ready", definite: true, since };
  const scheduled = condition(pod, "PodScheduled");
  if (scheduled?.status === "False") return { ...ofScheduling(scheduled), since };
  for (const status of pod.status?.initContainerStatuses ?? []) {
    const trouble = ofContainer(status, "init container");
    if (trouble?.definite === true) return { ...trouble, container: status.name, since };
  }
  const troubles = (pod.status?.containerStatuses ?? []).flatMap((status) => {
    const trouble = ofContainer(status, "container");
    return trouble === undefined ? [] : [{ ...trouble, container: status.name, since }];
  });
  const worst = troubles.find((trouble) => trouble.definite) ?? troubles[0];
  if (worst !== undefined) return worst;
  const ready = condition(pod, "Ready");
  return { summary: withMessage(ready?.reason ?? "not started yet", ready?.message), definite: false, since };
}

type Told = Pick<PodTrouble, "summary" | "definite">;

function ofScheduling({ reason, message }: Condition): Told {
  return reason === "SchedulingGated"
    ? { summary: "is waiting for a scheduling gate to be removed", definite: false }
    : { summary: withMessage("cannot be scheduled", message), definite: true };
}

function ofContainer(status: ContainerStatus, what: string): Told | undefined {
  const name = `${what} ${status.name}`;
  const { waiting, terminated } = status.state ?? {};
  if (waiting?.reason === "CrashLoopBackOff") {
    return { summary: `${name} keeps crashing (CrashLoopBackOff): ${lastEnd(status)}`, definite: true };
  }
  if (imageReasons.has(waiting?.reason ?? "")) {
    const why = withMessage(`image ${status.image} cannot be pulled (${waiting?.reason})`, waiting?.message);
    return { summary: why, definite: true };
  }
  if (startReasons.has(waiting?.reason ?? "")) {
    return { summary: withMessage(`${name} cannot start (${waiting?.reason})`, waiting?.message), definite: true };
  }
  if (terminated !== undefined && terminated.exitCode !== 0) {
    return { summary: `${name} ended with ${exitText(terminated)}`, definite: true };
  }
  if (waiting !== undefined)
    return { summary: `${name} is starting (${waiting.reason ?? "waiting"})`, definite: false };
  if (!status.ready && terminated === undefined) {
    return { summary: `${name} is running but not ready (its readiness probe fails)`, definite: false };
  }
  return undefined;
}

function lastEnd(status: ContainerStatus): string {
  const ended = status.lastState?.terminated;
  const restarts = `${status.restartCount} ${status.restartCount === 1 ? "restart" : "restarts"}`;
  return ended === undefined ? restarts : `${exitText(ended)}, ${restarts}`;
}

function exitText(ended: { readonly exitCode: number; readonly reason?: string }): string {
  const reason = ended.reason === undefined || ended.reason === "Error" ? "" : ` (${ended.reason})`;
  return `exit code ${ended.exitCode}${reason}`;
}

function withMessage(text: string, message: string | undefined): string {
  return message === undefined || message === "" ? text : `${text}: ${message}`;
}

/** Returns the command that shows more about a pod's problem. */
export function lookAt(pod: PodObject, trouble: PodTrouble, kubectl: string): string {
  const { namespace = "default", name } = pod.metadata;
  return trouble.definite && trouble.container !== undefined && trouble.summary.includes("exit code")
    ? `${kubectl} -n ${namespace} logs ${name} -c ${trouble.container} --previous`
    : `${kubectl} -n ${namespace} describe pod ${name}`;
}
