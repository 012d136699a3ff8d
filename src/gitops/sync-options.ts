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
  /** Request the sync without waiting, neither for other operations nor for the result. */
  readonly async: boolean;
  /** Terminate the operation in progress instead of waiting behind it. */
  readonly terminate: boolean;
  /** How long an application may stay out of sync or degraded after its operation before that counts as a failure. */
  readonly settleMs: number;
  readonly clock: Clock;
  /** What the sync does or waits for; called once for each change. */
  readonly report: (detail: string) => void;
  /** Reports what the user must know although there is no result, because the sync was interrupted. */
  readonly note: (text: string) => void;
  readonly signal: AbortSignal;
}
