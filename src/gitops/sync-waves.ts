import { exit } from "../core/exit.ts";
import { assertUnordered } from "./rolling-order.ts";
import type { GitopsRegion } from "./reach-argocd.ts";
import { assertSelectionFound } from "./await-selection.ts";
import { announce, type Reached, type SyncAll, syncRegion, type SyncSetting } from "./sync-region.ts";
import { type SyncedApplication, exitOfOutcome } from "./sync-report.ts";

/**
 * Syncs wave after wave, once every region has answered or failed, because only then is it known whether --waves is
 * allowed. A wave that is not known to have succeeded, for example because a region is unreachable, stops the following
 * ones.
 */
export async function syncInWaves(
  regions: readonly GitopsRegion[],
  reaching: readonly Promise<Reached>[],
  request: SyncAll,
  setting: SyncSetting,
): Promise<readonly SyncedApplication[]> {
  const reached = await Promise.all(reaching);
  await assertSelectionFound(reached, request.selection, setting.signal);
  const opened = reached.flatMap((each) => ("answer" in each ? [each.answer] : []));
  announce(opened, regions.length > 1, setting.emit);
  await assertUnordered(opened, setting.signal);
  const unreached = regions.filter((_, at) => !("answer" in (reached[at] ?? {})));
  const items: SyncedApplication[] = [];
  let reason: string | undefined;
  for (const wave of [...new Set(regions.map((region) => region.wave))].sort((a, b) => a - b)) {
    const before = reason;
    const inWave = opened.filter(({ region }) => region.wave === wave);
    const done = (await Promise.all(inWave.map((each) => syncRegion(each, request, setting, before)))).flat();
    items.push(...done);
    if (!request.dryRun) reason ??= failureOf(wave, done, unreached);
  }
  return items;
}

/** Returns why no further wave may start; undefined if the whole wave is known to have succeeded. */
function failureOf(
  wave: number,
  done: readonly SyncedApplication[],
  unreached: readonly GitopsRegion[],
): string | undefined {
  if (done.some(({ outcome }) => exitOfOutcome[outcome] !== exit.ok)) return `wave ${wave} did not succeed`;
  const names = unreached.filter((region) => region.wave === wave).map(({ name }) => name);
  return names.length === 0 ? undefined : `wave ${wave} is unknown: ${names.join(", ")} could not be queried`;
}
