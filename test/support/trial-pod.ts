import type { Run } from "../../sandbox/src/pods/container-run.ts";
import type { Observations, Observed } from "../../sandbox/src/pods/plan.ts";
import type { Container, Pod, RuntimePodSpec } from "../../sandbox/src/pods/pod.ts";

export const container = (name: string, fields: Partial<Container> = {}): Container => ({
  name,
  image: `${name}:1`,
  ...fields,
});

/** Returns a pod with one container, `app`, unless others are given. */
export function trialPod(spec: Partial<RuntimePodSpec> = {}, fields: Partial<Pod> = {}): Pod {
  return {
    metadata: { name: "web-1", namespace: "shop", uid: "u1", labels: { app: "web" } },
    spec: { nodeName: "n1", containers: [container("app")], ...spec },
    ...fields,
  };
}

export const running = (number = 0, startedAt = 1_000): Run => ({ number, state: "running", pid: 7, startedAt });
export const ended = (exitCode: number, number = 0): Run => ({
  number,
  state: "ended",
  startedAt: 1_000,
  finishedAt: 2_000,
  exitCode,
});

/** Running, started and ready. */
export const up: Observed = { run: running(), started: true, ready: true };
export const nothing: Observed = { started: false, ready: false };
export const over = (exitCode: number): Observed => ({ ...nothing, run: ended(exitCode) });

export function seen(containers: Readonly<Record<string, Observed>>): Observations {
  return new Map(Object.entries(containers));
}
