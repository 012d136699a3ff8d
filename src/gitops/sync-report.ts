import { combine, type Exit, exit } from "../core/exit.ts";
import { exitOf, type Finding } from "../core/finding.ts";
import type { Application, HealthStatus, SyncStatus } from "../k8s/argocd/port.ts";

/** The result of `gennet sync`. */
export interface SyncReport {
  readonly kind: "SyncReport";
  /** The correlation id, which Argo CD keeps in `operation.info` of every operation of this command. */
  readonly id: string;
  /** Whether this only shows what would be done. */
  readonly dryRun: boolean;
  readonly items: readonly SyncedApplication[];
  /** Findings about regions whose Argo CD could not be queried. */
  readonly findings: readonly Finding[];
}

export function exitOfSync({ items, findings }: Pick<SyncReport, "items" | "findings">): Exit {
  return combine([...items.map(({ outcome }) => exitOfOutcome[outcome]), exitOf(findings, false)]);
}

/** How the sync of one Application ended. */
export type SyncOutcome =
  | "succeeded"
  | "failed"
  /** Another operation replaced it before it was done, or before its result was seen to be healthy. */
  | "superseded"
  /**
   * Argo CD does not execute it now: a sync window is closed, the Application is being deleted, its reconciliation is
   * disabled, or no controller processes it.
   */
  | "blocked"
  /** Another operation is in progress, and waiting for it was not requested. */
  | "busy"
  | "timed-out"
  | "denied"
  /** The outcome could not be determined. */
  | "unknown"
  /** Requested with --async, so the result is not awaited. */
  | "requested"
  /** Not started, because something before it failed. */
  | "skipped"
  /** A dry run: it is out of sync, and a sync would change it. */
  | "pending"
  /** A dry run: there is nothing to change. */
  | "unchanged";

export interface SyncedApplication {
  /** The region's or context's name. */
  readonly region: string;
  readonly namespace: string;
  readonly name: string;
  readonly outcome: SyncOutcome;
  /** Details of the outcome; empty if there are none. */
  readonly message: string;
  /** Commands that show more or help; empty if there is nothing to do. */
  readonly next: readonly string[];
  /** The commits that were synced, one for each source. */
  readonly revisions: readonly string[];
  /** From the last comparison. */
  readonly sync: SyncStatus;
  readonly health: HealthStatus;
  /** Whose operation it waited behind. */
  readonly behind?: string;
  /** How long it waited behind others, in milliseconds. */
  readonly queuedMs: number;
  /** How often Argo CD retried. */
  readonly retries: number;
  /** The time from the start of the command to the outcome, in milliseconds. */
  readonly durationMs: number;
}

export const exitOfOutcome: Readonly<Record<SyncOutcome, Exit>> = {
  succeeded: exit.ok,
  failed: exit.unhealthy,
  superseded: exit.conflict,
  blocked: exit.conflict,
  busy: exit.conflict,
  "timed-out": exit.timedOut,
  denied: exit.denied,
  unknown: exit.unreachable,
  requested: exit.ok,
  skipped: exit.ok,
  pending: exit.pending,
  unchanged: exit.ok,
};

/** Returns the entry for an Application whose sync was not requested. */
export function untouched(
  { namespace, name, sync, health, revisions }: Application,
  region: string,
  outcome: SyncOutcome,
  message: string,
  next: readonly string[] = [],
): SyncedApplication {
  const nothing = { queuedMs: 0, retries: 0, durationMs: 0 };
  return { region, namespace, name, outcome, message, next, revisions, sync, health, ...nothing };
}
