import type { Clock } from "../../../src/core/clock.ts";
import { perform, type Target } from "./handler.ts";
import type { Container } from "./pod.ts";
import { noted, type ProbeRecord, timingOf, unasked } from "./probing.ts";

export interface ProbedRun {
  readonly target: () => Target;
  readonly clock: Clock;
  /** Aborts when the run has ended. */
  readonly signal: AbortSignal;
  /** In milliseconds since the epoch. */
  readonly startedAt: number;
  /** An earlier runtime reported it as ready, which holds until a probe fails. */
  readonly wasReady: boolean;
}

export interface ProbeListener {
  started(): void;
  ready(now: boolean): void;
  /** A probe failed that had passed before. */
  unhealthy(kind: string, says: string): void;
  /** The container must be restarted. */
  failed(probe: "startupProbe" | "livenessProbe"): void;
}

const soonMs = 400;

/**
 * Runs a container's probes, the startup probe first and alone, until its run ends. Without probes, the container is
 * ready immediately.
 */
export function startProber(container: Container, run: ProbedRun, listener: ProbeListener): void {
  const { startupProbe, readinessProbe } = container;
  const { clock, signal, startedAt, wasReady } = run;

  const ask = async (
    name: "startupProbe" | "readinessProbe" | "livenessProbe",
    initial: boolean | undefined,
    verdict: (passed: boolean) => boolean,
  ): Promise<void> => {
    const probe = container[name];
    if (probe === undefined) return;
    const { delayMs, periodMs, timeoutMs } = timingOf(probe);
    let record: ProbeRecord = { ...unasked, passed: initial };
    // A kubelet probes at a random time in the first period. Probes that kill a container run at the end of it.
    const first = name === "livenessProbe" ? periodMs : Math.min(periodMs, soonMs);
    await clock.sleep(Math.max(startedAt + delayMs + first - clock.now(), 0), signal);
    while (!signal.aborted) {
      const { ok, says } = await perform(probe, run.target(), timeoutMs, clock, signal);
      if (signal.aborted) return;
      const before = record;
      record = noted(record, ok, probe);
      if (!ok && before.lastAnswer !== false) {
        const kind = name.replace("Probe", "");
        listener.unhealthy(kind.charAt(0).toUpperCase() + kind.slice(1), says);
      }
      if (record.passed !== undefined && record.passed !== before.passed && !verdict(record.passed)) return;
      await clock.sleep(periodMs, signal);
    }
  };

  const afterStartup = (): void => {
    listener.started();
    if (readinessProbe === undefined) listener.ready(true);
    else listener.ready(wasReady);
    const readiness = ask("readinessProbe", wasReady, (passed) => {
      listener.ready(passed);
      return true;
    });
    const liveness = ask("livenessProbe", true, (passed) => {
      if (!passed) listener.failed("livenessProbe");
      return passed;
    });
    // They stop when the run ends.
    Promise.all([readiness, liveness]).catch(() => undefined);
  };

  if (startupProbe === undefined || wasReady) {
    afterStartup();
    return;
  }
  ask("startupProbe", undefined, (passed) => {
    if (passed) afterStartup();
    else listener.failed("startupProbe");
    return false;
  }).catch(() => undefined);
}
