import { combine, type Exit } from "../core/exit.ts";
import { exitOf, type Finding } from "../core/finding.ts";
import { exitOfOutcome, type SyncedApplication } from "./synced-application.ts";

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
