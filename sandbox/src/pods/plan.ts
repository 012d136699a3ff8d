import type { Run } from "./container-run.ts";
import { type Container, isSidecar, type Pod } from "./pod.ts";

/** The state of a container at one moment. */
export interface Observed {
  readonly run?: Run;
  /** The previous run. */
  readonly previous?: Run;
  /** Its postStart hook and its startup probe have succeeded. */
  readonly started: boolean;
  readonly ready: boolean;
  /** It ended and must not start again before this time, in milliseconds since the epoch. */
  readonly retryAt?: number;
  /** Why it cannot be started now. */
  readonly waiting?: { readonly reason: string; readonly message: string };
}

export type Observations = ReadonlyMap<string, Observed>;

export interface PodPlan {
  /** Containers to start now. */
  readonly start: readonly string[];
  /** Sidecars to end, in this order: the containers that they served are done. */
  readonly stop: readonly string[];
  /** The final phase of the pod. */
  readonly outcome?: "Succeeded" | "Failed";
  /** When to look again even if nothing happens, in milliseconds since the epoch. */
  readonly wakeAt?: number;
}

/** Returns what a kubelet would do next for a pod that is not being deleted. */
export function planPod(pod: Pod, observed: Observations, now: number): PodPlan {
  const { initContainers = [], containers } = pod.spec;
  const sidecars = initContainers.filter(isSidecar);
  const outcome = outcomeOf(pod, observed);
  if (outcome !== undefined) {
    const running = sidecars.filter(({ name }) => isUp(observed.get(name)));
    return { start: [], stop: running.map(({ name }) => name).toReversed(), outcome };
  }
  const start: string[] = [];
  const wakes: number[] = [];
  const consider = (container: Container): void => {
    const { run, retryAt = 0 } = observed.get(container.name) ?? { started: false, ready: false };
    if (run !== undefined && run.state !== "ended") return;
    if (run !== undefined && !willRestart(pod, container, run)) return;
    if (retryAt <= now) start.push(container.name);
    else wakes.push(retryAt);
  };
  const answer = (): PodPlan => ({ start, stop: [], ...(wakes.length === 0 ? {} : { wakeAt: Math.min(...wakes) }) });
  const begun = containers.some(({ name }) => observed.get(name)?.run !== undefined);
  for (const container of initContainers) {
    const known = observed.get(container.name);
    if (isSidecar(container)) {
      consider(container);
      // Once the pod's own containers have started, a sidecar that restarts delays nothing.
      if (!begun && known?.started !== true) return answer();
    } else if (!begun && !isDone(known?.run)) {
      consider(container);
      return answer();
    }
  }
  for (const container of containers) consider(container);
  return answer();
}

function isUp(observed: Observed | undefined): boolean {
  return observed?.run !== undefined && observed.run.state !== "ended";
}

function isDone(run: Run | undefined): boolean {
  return run?.state === "ended" && run.exitCode === 0;
}

/** Returns whether a container that ended this way starts again, now or later. */
export function willRestart({ spec, metadata }: Pod, container: Container, { exitCode }: Run): boolean {
  const { restartPolicy = "Always", initContainers = [] } = spec;
  if (metadata.deletionTimestamp !== undefined) return false;
  if (isSidecar(container)) return true;
  if (exitCode === 0 && initContainers.includes(container)) return false;
  return restartPolicy === "Always" || (restartPolicy === "OnFailure" && exitCode !== 0);
}

/** Returns Succeeded or Failed if no container of the pod's own will ever run again. */
export function outcomeOf(pod: Pod, observed: Observations): "Succeeded" | "Failed" | undefined {
  const { initContainers = [], containers, restartPolicy = "Always" } = pod.spec;
  const plain = initContainers.filter((container) => !isSidecar(container));
  const failed = (container: Container): boolean => {
    const run = observed.get(container.name)?.run;
    return run?.state === "ended" && run.exitCode !== 0;
  };
  if (restartPolicy === "Never" && plain.some(failed)) return "Failed";
  const over = containers.every((container) => {
    const run = observed.get(container.name)?.run;
    return run?.state === "ended" && !willRestart(pod, container, run);
  });
  if (!over) return undefined;
  return containers.some(failed) ? "Failed" : "Succeeded";
}
