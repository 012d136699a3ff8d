import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../../src/core/clock.ts";
import { assumedBackOff, type BackOff, restartAfter } from "./back-off.ts";
import { lostRun, readRun, type Run, runNumbers } from "./container-run.ts";
import { ConfigError } from "./environment.ts";
import { perform, type Target } from "./handler.ts";
import type { Observed } from "./plan.ts";
import type { Container } from "./pod.ts";
import { ImageError } from "./prepare.ts";
import { startProber } from "./prober.ts";
import { findShim, followShim, type Shim, type ShimContainer, startShim } from "./shim.ts";
import { terminationMessage } from "./termination-message.ts";

/** What a container's worker needs from its pod. */
export interface ContainerSetting {
  readonly container: Container;
  /** The folder of all its runs. */
  readonly folder: string;
  readonly shimProgram: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly podIP: () => string;
  prepare(run: number): Promise<ShimContainer>;
  /** Makes the pod look again. */
  changed(): void;
  event(type: "Normal" | "Warning", reason: string, message: string): void;
  /** How long a stop for a failed liveness or startup probe may take, in milliseconds. */
  graceMs(probe: "livenessProbe" | "startupProbe"): number;
}

export interface ContainerWorker {
  observed(): Observed;
  /** Takes over what an earlier runtime started. `ready` is its last reported state. */
  adopt(ready: boolean): Promise<void>;
  start(): void;
  /** Ends the container: preStop, then TERM, then KILL at the deadline. Resolves when it has ended. */
  stop(deadline: () => number): Promise<void>;
}

const retryMs = 5_000;
/** The delay after which an earlier deadline takes effect. */
const lookMs = 500;

export function createContainerWorker(setting: ContainerSetting): ContainerWorker {
  const { container, folder, clock, signal, changed, event } = setting;
  let run: Run | undefined;
  let previous: Run | undefined;
  let shim: Shim | undefined;
  let backOff: BackOff | undefined;
  let retryAt = 0;
  let waiting: Observed["waiting"];
  let started = false;
  let ready = false;
  let stopping: Promise<void> | undefined;
  /** Aborts when the run has ended. */
  let life = new AbortController();
  const ends = new Set<() => void>();
  /** The deadlines of all stop requests: the earliest counts. */
  const deadlines = new Set<() => number>();

  const runFolder = (number: number): string => join(folder, String(number));
  const target = (): Target => ({
    container,
    podIP: setting.podIP(),
    shim: setting.shimProgram,
    run: runFolder(run?.number ?? 0),
  });

  const begun = async (wasReady: boolean): Promise<void> => {
    const within = AbortSignal.any([signal, life.signal]);
    const { postStart } = container.lifecycle ?? {};
    if (postStart !== undefined && !wasReady) {
      const { ok, says } = await perform(postStart, target(), undefined, clock, within);
      if (!ok && !within.aborted) {
        event("Warning", "FailedPostStartHook", says);
        void stop(() => clock.now() + setting.graceMs("livenessProbe"));
        return;
      }
    }
    if (within.aborted) return;
    startProber(
      container,
      { target, clock, signal: within, startedAt: run?.startedAt ?? clock.now(), wasReady },
      {
        started() {
          started = true;
          changed();
        },
        ready(now) {
          ready = now;
          changed();
        },
        unhealthy: (kind, says) => event("Warning", "Unhealthy", `${kind} probe failed: ${says}`),
        failed(probe) {
          event(
            "Normal",
            "Killing",
            `Container ${container.name} failed ${probe === "startupProbe" ? "startup" : "liveness"} probe, will be restarted`,
          );
          const deadline = clock.now() + setting.graceMs(probe);
          void stop(() => deadline);
        },
      },
    );
  };

  const ended = async (last: Run): Promise<void> => {
    const message = await terminationMessage(container, runFolder(last.number), last);
    run = { ...last, ...(message === undefined ? {} : { message }) };
    life.abort();
    shim = undefined;
    [started, ready] = [false, false];
    const next = restartAfter(backOff, last.finishedAt ?? clock.now());
    backOff = next.backOff;
    retryAt = next.at;
    waiting = undefined;
    if (retryAt > clock.now()) {
      const seconds = Math.round((retryAt - (last.finishedAt ?? 0)) / 1_000);
      waiting = {
        reason: "CrashLoopBackOff",
        message: `back-off ${seconds}s restarting failed container=${container.name}`,
      };
    }
    if (last.error !== undefined) event("Warning", "Failed", `Error: ${last.error}`);
    for (const each of ends) each();
    ends.clear();
    changed();
  };

  const follow = (number: number, own: Shim, wasReady: boolean): void => {
    let reading = Promise.resolve();
    const look = async (gone: boolean): Promise<void> => {
      if (run?.number !== number || run.state === "ended") return;
      const now = await readRun(folder, number);
      if (now.state === "running" && run.state === "starting") {
        run = now;
        event("Normal", "Started", `Started container ${container.name}`);
        void begun(wasReady);
        changed();
      }
      if (now.state === "ended") await ended(now);
      else if (gone) await ended(lostRun(now, clock.now()));
    };
    const enqueue = (gone: boolean): void => void (reading = reading.then(() => look(gone)).catch(() => undefined));
    const within = AbortSignal.any([signal, life.signal]);
    const listener = { changed: () => enqueue(false), gone: () => enqueue(true) };
    followShim(runFolder(number), own, listener, clock, within).catch(listener.gone);
  };

  const cannot = (reason: string, message: string): void => {
    if (waiting?.message !== message) event("Warning", "Failed", `Error: ${message}`);
    waiting = { reason, message };
    retryAt = clock.now() + retryMs;
  };

  const begin = async (number: number): Promise<void> => {
    try {
      await rm(runFolder(number), { recursive: true, force: true });
      await mkdir(runFolder(number), { recursive: true, mode: 0o700 });
      const made = await setting.prepare(number);
      shim = await startShim(setting.shimProgram, runFolder(number), made);
      waiting = undefined;
      follow(number, shim, false);
      await rm(runFolder(number - 2), { recursive: true, force: true });
      await Promise.all(["", ".1"].map((end) => rm(`${runFolder(number - 2)}.log${end}`, { force: true })));
    } catch (error) {
      await rm(runFolder(number), { recursive: true, force: true });
      [run, previous] = [previous, undefined];
      const { message } = error as Error;
      if (error instanceof ImageError) cannot("ImagePullBackOff", message);
      else if (error instanceof ConfigError) cannot("CreateContainerConfigError", message);
      else cannot("CreateContainerError", message);
      changed();
    }
  };

  const stop: ContainerWorker["stop"] = (deadline) => {
    deadlines.add(deadline);
    return (stopping ??= stopOnce().finally(() => {
      stopping = undefined;
      deadlines.clear();
    }));
  };
  const isStarting = (): boolean => run?.state === "starting";
  const leftMs = (): number => Math.min(...[...deadlines].map((each) => each())) - clock.now();
  const stopOnce = async (): Promise<void> => {
    // A container that is still starting cannot be stopped yet.
    while (isStarting() && !signal.aborted) await clock.sleep(50, signal).catch(() => undefined);
    if (run?.state !== "running") return;
    const over = new Promise<void>((resolve) => ends.add(resolve));
    const within = AbortSignal.any([signal, life.signal]);
    const { preStop } = container.lifecycle ?? {};
    if (preStop !== undefined && leftMs() > 0) {
      const { ok, says } = await perform(preStop, target(), leftMs(), clock, within);
      if (!ok && !within.aborted) event("Warning", "FailedPreStopHook", says);
    }
    shim?.terminate();
    while (!within.aborted && leftMs() > 0) {
      await Promise.race([over, clock.sleep(Math.min(leftMs(), lookMs), within).catch(() => undefined)]);
    }
    shim?.kill();
    if (!signal.aborted) await over;
  };

  return {
    observed: () => ({
      ...(run === undefined ? {} : { run }),
      ...(previous === undefined ? {} : { previous }),
      started,
      ready,
      retryAt,
      ...(waiting === undefined ? {} : { waiting }),
    }),
    async adopt(wasReady) {
      const numbers = await runNumbers(folder);
      const [before, last] = [numbers.at(-2), numbers.at(-1)];
      if (last === undefined) return;
      if (before !== undefined) previous = await readRun(folder, before);
      const found = await readRun(folder, last);
      shim = await findShim(runFolder(last));
      backOff = assumedBackOff(last, found.startedAt ?? clock.now());
      run = found;
      if (found.state === "ended") return ended(found);
      if (shim === undefined) return ended(lostRun(found, clock.now()));
      // Treated as if it started at this moment, except for hooks and initial probe results.
      run = { ...found, state: "starting" };
      [started, ready] = [wasReady, wasReady];
      follow(last, shim, wasReady);
    },
    start() {
      if (run !== undefined && run.state !== "ended") return;
      const number = run === undefined ? 0 : run.number + 1;
      previous = run;
      run = { number, state: "starting" };
      life = new AbortController();
      void begin(number);
      changed();
    },
    stop,
  };
}
