import type { Finding } from "../../core/finding.ts";
import type { JournalHead } from "../../core/journal.ts";
import type { RunbookOutcome } from "./runbook-end.ts";

/** A step as `gennet runbook run` reports it. */
export interface RanStep {
  readonly name: string;
  readonly kind: string;
  readonly state: "done" | "failed" | "skipped" | "undone" | "stuck" | "entered" | "not-reached" | "planned";
  readonly summary?: string;
  /** What it runs; values that are not known yet stay as `${name}`. */
  readonly command?: string;
  /** Whether it may change something. */
  readonly changes: boolean;
  readonly safe: boolean;
}

/** What `gennet runbook run` answers. */
export interface RunbookRun {
  readonly kind: "RunbookRun";
  readonly runbook: string;
  readonly title: string;
  /** Absent in a dry run. */
  readonly run?: string;
  readonly incident?: string;
  readonly outcome: RunbookOutcome | "accepted" | "planned";
  readonly steps: readonly RanStep[];
  /** What the last checks found. */
  readonly findings: readonly Finding[];
  /** Commands that continue from here. */
  readonly next: readonly string[];
  readonly folder?: string;
  readonly journal?: JournalHead;
}
