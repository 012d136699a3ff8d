import { combine, type Exit, exit } from "../core/exit.ts";
import { exitOf, type Finding } from "../core/finding.ts";
import type { Application, HealthStatus, SyncStatus } from "../k8s/argocd/port.ts";

/** What `gennet sync` answers. */
export interface SyncReport {
  readonly kind: "SyncReport";
  /** The correlation id: Argo CD keeps it in `operation.info` of every operation of this command. */
  readonly id: string;
  /** Whether this is only what would be done. */
  readonly dryRun: boolean;
  readonly items: readonly SyncedApplication[];
  /** About regions whose Argo CD could not be asked. */
  readonly findings: readonly Finding[];
}

export function exitOfSync({ items, findings }: Pick<SyncReport, "items" | "findings">): Exit {
  return combine([...items.map(({ outcome }) => exitOfOutcome[outcome]), exitOf(findings, false)]);
}

/** How the sync of one Application ended. */
export type SyncOutcome =
  | "succeeded"
  | "failed"
  /** Another operation took its place before it was done, or before its result was seen to be healthy. */
  | "superseded"
  /**
   * Argo CD does not carry it out now: a sync window is closed, the Application is being deleted, its reconciliation is
   * switched off, or no controller looks at it.
   */
  | "blocked"
  /** Another operation is in progress, and it was not to be waited for. */
  | "busy"
  | "timed-out"
  | "denied"
  /** What became of it could not be found out. */
  | "unknown"
  /** Asked for, and not waited for. */
  | "requested"
  /** Not begun: something before it failed. */
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
  /** What is to be said of the outcome; empty where it says everything. */
  readonly message: string;
  /** Commands that show more or help; empty where there is nothing to do. */
  readonly next: readonly string[];
  /** The commits that were synced, one for each source. */
  readonly revisions: readonly string[];
  /** As last compared. */
  readonly sync: SyncStatus;
  readonly health: HealthStatus;
  /** Whose operation it waited behind. */
  readonly behind?: string;
  /** How long it waited behind others, milliseconds. */
  readonly queuedMs: number;
  /** How often Argo CD tried again. */
  readonly retries: number;
  /** From the beginning of the command to the outcome, milliseconds. */
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

/** The answer about an Application of which nothing was asked. */
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
