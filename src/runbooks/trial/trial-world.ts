import type { Finding } from "../../core/finding.ts";
import type { GateAnswer } from "../../core/gate.ts";
import type { Person } from "../run/world.ts";
import type { Runbook } from "../format/runbook.ts";
import type { RunbookEnd } from "../run/runbook-end.ts";

/** A place where a runbook can be tried: a sandbox. */
export interface TrialWorld {
  readonly region: string;
  /** Runs a line of the trial. Throws if it fails. */
  command(line: string): Promise<void>;
  /** Waits until the check has a finding that names this runbook. Throws RUNBOOK_TRIAL_FAILED if none comes. */
  awaitFinding(check: string, runbook: string): Promise<Finding>;
  run(
    runbook: Runbook,
    finding: Finding | undefined,
    inputs: Readonly<Record<string, string>>,
    person: Person,
    beforeStep: (name: string) => Promise<void>,
  ): Promise<RunbookEnd & { readonly run: string }>;
  /** Waits until health checks pass. */
  awaitPass(patterns: readonly string[]): Promise<GateAnswer>;
  readonly now: () => number;
}

/** How the test of one runbook ended. */
export interface TestedRunbook {
  readonly id: string;
  readonly outcome: "passed" | "failed";
  readonly summary: string;
  /** The finding that the fault caused. */
  readonly finding?: string;
  /** The run, for `gennet runbook report`. */
  readonly run?: string;
  readonly durationMs: number;
}
