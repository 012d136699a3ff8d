import { anySignal } from "../core/any-signal.ts";
import type { GitopsRegion } from "./reach-argocd.ts";
import { selectionFound } from "./await-selection.ts";
import { announce, openRegion, type Reached, type SyncAll, syncRegion, type SyncSetting } from "./sync-region.ts";
import type { SyncReport, SyncedApplication } from "./sync-report.ts";
import { syncInWaves } from "./sync-waves.ts";

/** Syncs the selected Applications in all regions; the report contains each outcome. */
export async function syncRegions(
  regions: readonly GitopsRegion[],
  request: SyncAll,
  { clock, emit, signal }: SyncSetting,
): Promise<SyncReport> {
  const { id, dryRun, selection } = request;
  const over = new AbortController();
  const setting = { clock, emit, signal: anySignal(signal, over.signal) };
  try {
    const reaching = regions.map((region) => openRegion(region, selection, setting));
    const work = request.waves
      ? syncInWaves(regions, reaching, request, setting)
      : sideBySide(reaching, request, setting);
    const items = await work;
    const findings = (await Promise.all(reaching)).flatMap((each) => ("finding" in each ? [each.finding] : []));
    return { kind: "SyncReport", id, dryRun, items, findings };
  } finally {
    over.abort(new Error("the sync is over"));
  }
}

/** A region starts as soon as it has answered and all names are found, so a silent region does not delay the others. */
async function sideBySide(
  reaching: readonly Promise<Reached>[],
  request: SyncAll,
  setting: SyncSetting,
): Promise<readonly SyncedApplication[]> {
  const found = selectionFound(reaching, request.selection, setting.signal);
  const done = reaching.map(async (each) => {
    const [reached] = await Promise.all([each, found]);
    if ("finding" in reached) return [];
    announce([reached.answer], reaching.length > 1, setting.emit);
    return syncRegion(reached.answer, request, setting);
  });
  return (await Promise.all(done)).flat();
}
