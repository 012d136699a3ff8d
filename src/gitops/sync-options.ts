import type { Clock } from "../core/clock.ts";
import type { RegionCommands } from "./reach-argocd.ts";
import type { SyncOutcome } from "./sync-report.ts";

export interface SyncVerdict {
  readonly outcome: SyncOutcome;
  readonly message: string;
  readonly next?: readonly string[];
}

export interface SyncOptions {
  readonly region: string;
  readonly commands: RegionCommands;
  /** The correlation id of this sync. */
  readonly id: string;
  readonly prune: boolean;
  /** Ask, and do not wait: neither for others nor for the result. */
  readonly async: boolean;
  /** End the operation that is in progress instead of waiting behind it. */
  readonly terminate: boolean;
  /** How long an application may stay out of sync or degraded after its operation before that is a failure. */
  readonly settleMs: number;
  readonly clock: Clock;
  /** What it does or waits for; told once for each change of it. */
  readonly report: (detail: string) => void;
  /** What is to be known although no result is shown: it was interrupted. */
  readonly note: (text: string) => void;
  readonly signal: AbortSignal;
}
