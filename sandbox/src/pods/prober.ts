import type { Clock } from "../../../src/core/clock.ts";
import { perform, type Target } from "./handler.ts";
import type { Container } from "./pod.ts";
import { noted, type ProbeRecord, timingOf, unasked } from "./probing.ts";

export interface ProbedRun {
  readonly target: () => Target;
  readonly clock: Clock;
  /** Aborts when the run has ended. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** An earlier runtime found it ready: it is taken to be so until a probe says otherwise. */
  readonly wasReady: boolean;
}

export interface ProbeListener {
  started(): void;
  ready(now: boolean): void;
  /** A probe failed that had passed before. */
  unhealthy(kind: string, says: string): void;
  /** The container is to be restarted. */
  failed(probe: "startupProbe" | "livenessProbe"): void;
}

const soonMs = 400;

/** Asks a container's probes, startup first and alone, until its run ends. Without probes it is ready at once. */
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
    // A kubelet comes by at some moment of the first period. What kills is asked at the end of it.
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
    // They end by the run's end.
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
