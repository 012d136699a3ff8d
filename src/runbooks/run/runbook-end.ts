import type { Exit } from "../../core/exit.ts";
import type { Finding } from "../../core/finding.ts";
import type { RunbookStep } from "../format/runbook.ts";
import type { StepRunner } from "./step-runner.ts";

/** `failed` and `stopped` can be resumed; `over`: ended by an answer; `stuck`: the undo could not be finished. */
export type RunbookOutcome = "done" | "failed" | "stopped" | "over" | "undone" | "stuck";

/** How a run ended, or where it stopped. */
export interface RunbookEnd {
  readonly outcome: RunbookOutcome;
  /** What the failing step's exit code means. */
  readonly exit: Exit;
  /** The step at which it stopped, and why. */
  readonly at?: { readonly step: string; readonly summary: string };
  readonly findings: readonly Finding[];
}

export function ended(runner: StepRunner, outcome: RunbookOutcome, code: Exit): RunbookEnd {
  return { outcome, exit: code, findings: runner.findings() };
}

export function stoppedAt(
  runner: StepRunner,
  outcome: RunbookOutcome,
  code: Exit,
  { name }: RunbookStep,
  summary: string,
): RunbookEnd {
  return { ...ended(runner, outcome, code), at: { step: name, summary } };
}
