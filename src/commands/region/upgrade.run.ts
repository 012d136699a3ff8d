import { randomUUID } from "node:crypto";
import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { mapBounded } from "../../core/bounded.ts";
import { combine, exit, type Exit } from "../../core/exit.ts";
import { exitOf, type Finding } from "../../core/finding.ts";
import type { Outcome } from "../../core/outcome.ts";
import { beginRun, endRun } from "../../core/run.ts";
import type { Region } from "../../platform/schema.ts";
import { asStored } from "../../region/plan-file.ts";
import { exitOfPlan, pendingIn } from "../../region/region-plan.ts";
import { withRegionState } from "../../region/state/region-state.ts";
import {
  type ChangedVersion,
  changeVersion,
  foreseenVersion,
  planUpgrade,
  type PlannedVersion,
} from "../../region/upgrade/change-version.ts";
import { type RegionUpgrade, regionUpgradeText, versionPreviewText } from "../../region/upgrade/upgrade-text.ts";
import { defaultBakeMs } from "../../region/upgrade/upgrade-step.ts";
import { agreeToChanges, assertAnswerable } from "../consent.run.ts";
import { announce, reporter } from "./progress.run.ts";
import { reportState, stateSettings } from "./state-settings.run.ts";
import type { RegionUpgradeInput } from "./upgrade.ts";
import { assertAllReady, planOf, previewOf, regionsAtOnce, versionRules } from "./version-rules.run.ts";
import { worldsOf } from "./worlds.run.ts";

export async function run(input: RegionUpgradeInput, context: Context): Promise<Outcome<RegionUpgrade>> {
  if (!input.dryRun)
    assertAnswerable(input.yes, "gennet region upgrade --dry-run  # shows the steps without making them", context);
  const { bake = defaultBakeMs, gate } = input;
  const chosen = await chosenInOrder(input.names, context);
  const all = await worldsOf(context);
  const worlds = chosen.flatMap(({ name }) => all.filter(({ region }) => region.name === name));
  const planned = (signal: AbortSignal): Promise<readonly PlannedVersion[]> =>
    mapBounded(worlds, regionsAtOnce, (world) => planUpgrade(world, { bakeMs: bake }, signal));
  if (!input.dryRun) await reportState(context);
  const foreseen = await planned(context.signal);
  const preview = await previewOf(foreseen, context.signal);
  context.preview(preview.plan, (_, view) => versionPreviewText(preview, view));
  if (!input.dryRun) assertAllReady(foreseen, preview);
  const pending = pendingIn(preview.plan);
  if (input.dryRun || pending === 0) {
    return {
      exit: combine([exitOfPlan(preview.plan), exitOf(preview.findings, false)]),
      document: documentOf(
        foreseen.map((each) => foreseenVersion(each).changed),
        preview.findings.filter(({ severity }) => severity !== "ok"),
      ),
    };
  }
  await agreeToChanges(pending, input.yes, context);
  const regions = worlds.map(({ region }) => region.name);
  context.resumable();
  return withRegionState({ worlds: all, regions }, await stateSettings(context), async (state, signal) => {
    // Another run may have changed the regions since they were read.
    const upgrades = await planned(signal);
    const plan = planOf(upgrades);
    if (!input.yes) asStored(preview.plan, plan);
    announce(plan, context);
    const upgrade = await beginRun(await state.journal(regions), randomUUID(), { upgrades: regions });
    const settings = { clock: context.host.clock, signal, report: reporter(plan, context) };
    const changed: ChangedVersion[] = [];
    const findings: Finding[] = [];
    let ended: Exit = exit.ok;
    for (const each of upgrades) {
      if (ended !== exit.ok) {
        changed.push(notReached(each));
        continue;
      }
      const done = await changeVersion(each, versionRules(each.world, { bake, gate }, context), upgrade, settings);
      changed.push(done.changed);
      findings.push(...done.findings);
      ended = done.exit;
    }
    await endRun(upgrade, ended === exit.ok ? "done" : "failed");
    return { exit: ended, document: documentOf(changed, findings) };
  });
}

export function present(document: RegionUpgrade, view: TextView): string {
  return regionUpgradeText(document, view);
}

/** Returns the regions named on the command line or else all, in the order of their waves. */
async function chosenInOrder(names: readonly string[], context: Context): Promise<readonly Region[]> {
  const found = names.length === 0 ? await context.regions() : await mapBounded(names, 1, context.regions);
  return [...new Set(found.flat())].toSorted((one, other) => (one.wave ?? 1) - (other.wave ?? 1));
}

/** Returns a region that is not upgraded because of another one. */
function notReached(planned: PlannedVersion): ChangedVersion {
  const { changed } = foreseenVersion(planned);
  const steps = changed.steps.map((step) =>
    step.outcome === "pending" ? { ...step, outcome: "skipped" as const } : step,
  );
  return { ...changed, steps };
}

function documentOf(regions: readonly ChangedVersion[], findings: readonly Finding[]): RegionUpgrade {
  return { kind: "RegionUpgrade", regions, findings };
}
