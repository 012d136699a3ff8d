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
  /** The command that does what this run does not. */
  readonly next?: string;
  readonly error?: AppError;
}

export function isDone(outcome: StepOutcome | undefined): boolean {
  return outcome === "changed" || outcome === "unchanged";
}
