import type { OpenRegion } from "./rolling-order.ts";
import { mapBounded } from "../core/bounded.ts";
import type { Clock } from "../core/clock.ts";
import type { Emit } from "../core/event.ts";
import { exit } from "../core/exit.ts";
import type { Finding } from "../core/finding.ts";
import { foreseeSync } from "./foresee-sync.ts";
import { followApplications } from "./live-applications.ts";
import { type GitopsRegion, reachArgoCd } from "./reach-argocd.ts";
import { refresh } from "./operation-requests.ts";
import { outOfTurn } from "./rolling-order.ts";
import { chosenOf, queryOf, type ApplicationSelection } from "./select-applications.ts";
import { syncApplication } from "./sync-application.ts";
import type { SyncOptions } from "./sync-options.ts";
import { type SyncedApplication, exitOfOutcome, untouched } from "./sync-report.ts";

export interface SyncAll extends Pick<SyncOptions, "id" | "prune" | "async" | "terminate" | "settleMs"> {
  readonly selection: ApplicationSelection;
  readonly dryRun: boolean;
  /** A dry run makes Argo CD compare first. */
  readonly refresh: boolean;
  /** Start a wave of regions only after the previous one is known to have succeeded. */
  readonly waves: boolean;
}

export interface SyncSetting {
  readonly clock: Clock;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** The number of operations requested in one region at a time; by default, Argo CD processes ten. */
const atOnce = 100;

/** A region that has answered, or the reason why it has not. */
export type Reached = { readonly answer: OpenRegion } | { readonly finding: Finding };

export function openRegion(region: GitopsRegion, selection: ApplicationSelection, { emit, signal }: SyncSetting) {
  return reachArgoCd(
    region,
    async (argocd): Promise<OpenRegion> => {
      const live = await followApplications(
        (inner) => argocd.watch(queryOf(selection), inner),
        (error) => emit({ type: "note", level: "warn", text: `${region.name}: ${error.message}` }),
        signal,
      );
      return { region, argocd, live, chosen: chosenOf(live.all, selection) };
    },
    signal,
  );
}

export function announce(opened: readonly OpenRegion[], several: boolean, emit: Emit): void {
  const tasks = opened.flatMap(({ region, chosen }) =>
    chosen.map(({ name }) => ({ id: `${region.name}/${name}`, title: several ? `${region.name}: ${name}` : name })),
  );
  if (tasks.length > 0) emit({ type: "tasks", tasks });
}

/** Syncs the selected Applications of one region, or skips them for the reason in `instead`. */
export async function syncRegion(
  opened: OpenRegion,
  request: SyncAll,
  { clock, emit, signal }: SyncSetting,
  instead?: string,
): Promise<SyncedApplication[]> {
  const { region, argocd, live, chosen } = opened;
  // With --waves, such ApplicationSets were rejected before.
  if (instead === undefined && !request.waves) {
    for (const text of await outOfTurn(opened, signal)) emit({ type: "note", level: "warn", text });
  }
  return mapBounded(chosen, atOnce, async (application) => {
    const task = `${region.name}/${application.name}`;
    const report = (detail: string): void => emit({ type: "task", id: task, state: "running", detail });
    if (instead !== undefined) return ended(task, untouched(application, region.name, "skipped", instead), emit);
    if (request.dryRun) {
      if (request.refresh) report("comparing with Git");
      const compared = request.refresh ? await refresh(application, live, argocd, signal) : application;
      const at = { now: clock.now(), prune: request.prune };
      return ended(task, await foreseeSync(compared ?? application, argocd, region, at, signal), emit);
    }
    const note = (text: string): void => emit({ type: "note", level: "warn", text });
    const { name, commands } = region;
    const options = { ...request, region: name, commands, clock, report, note, signal };
    return ended(task, await syncApplication(application, live, argocd, options), emit);
  });
}

function ended(id: string, item: SyncedApplication, emit: Emit): SyncedApplication {
  const { outcome, message, durationMs } = item;
  const state =
    outcome === "skipped" ? "skipped" : exitOfOutcome[outcome] === exit.ok || outcome === "pending" ? "done" : "failed";
  const detail = [outcome, message].filter((part) => part !== "").join(": ");
  emit({ type: "task", id, state, detail, durationMs });
  return item;
}
