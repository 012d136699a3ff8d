import type { AppError } from "./error.ts";

export type StepOutcome = "changed" | "unchanged" | "blocked" | "deferred" | "failed" | "skipped";

export interface StepResult {
  /** Undefined for what belongs to the platform. */
  readonly region: string | undefined;
  /** The id of the resource. */
  readonly step: string;
  readonly title: string;
  readonly outcome: StepOutcome;
  /** What was done, or why not, for people. */
  readonly summary: string;
  readonly durationMs: number;
  readonly error?: AppError;
  /** What ends an obstacle, if that is known. */
  readonly next?: readonly string[];
}

export function isDone(outcome: StepOutcome | undefined): boolean {
  return outcome === "changed" || outcome === "unchanged";
}
