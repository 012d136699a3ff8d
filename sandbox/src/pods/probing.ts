import type { Probe } from "./pod.ts";

/** The result of a probe so far: undefined until it is conclusive. */
export interface ProbeRecord {
  readonly passed: boolean | undefined;
  /** How often in a row the last result occurred. */
  readonly inARow: number;
  readonly lastAnswer: boolean | undefined;
}

export const unasked: ProbeRecord = { passed: undefined, inARow: 0, lastAnswer: undefined };

/** Adds a result: the verdict changes after as many equal results in a row as the threshold requires. */
export function noted(record: ProbeRecord, answer: boolean, probe: Probe): ProbeRecord {
  const inARow = record.lastAnswer === answer ? record.inARow + 1 : 1;
  const needed = answer ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3);
  return { inARow, lastAnswer: answer, passed: inARow >= needed ? answer : record.passed };
}

/** Kubernetes' own defaults. */
export function timingOf(probe: Probe): {
  readonly delayMs: number;
  readonly periodMs: number;
  readonly timeoutMs: number;
} {
  return {
    delayMs: (probe.initialDelaySeconds ?? 0) * 1_000,
    periodMs: (probe.periodSeconds ?? 10) * 1_000,
    timeoutMs: (probe.timeoutSeconds ?? 1) * 1_000,
  };
}
