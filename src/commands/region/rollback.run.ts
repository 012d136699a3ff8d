import { randomUUID } from "node:crypto";
import { relative } from "node:path";
import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { combine, exit } from "../../core/exit.ts";
import { exitOf, type FileLocation } from "../../core/finding.ts";
import type { Outcome } from "../../core/outcome.ts";
import { beginRun, endRun } from "../../core/run.ts";
import { findPlatform } from "../../platform/load.ts";
import { kubernetesVersion } from "../../region/kubernetes-version.ts";
import { exitOfPlan, pendingIn } from "../../region/region-plan.ts";
import { withRegionState } from "../../region/state/region-state.ts";
import { changeVersion, foreseenVersion, planRollback } from "../../region/upgrade/change-version.ts";
import { type RegionRollback, regionRollbackText, versionPreviewText } from "../../region/upgrade/upgrade-text.ts";
import { rollbackCommand } from "../../region/upgrade/upgrade-step.ts";
import type { RegionWorld } from "../../region/world.ts";
import { agree, assertAnswerable } from "../consent.run.ts";
import { announce, reporter } from "./progress.run.ts";
import type { RegionRollbackInput } from "./rollback.ts";
import { stateSettings } from "./state-settings.run.ts";
import { assertAllReady, previewOf, versionRules } from "./version-rules.run.ts";
import { worldsOf } from "./worlds.run.ts";

export async function run(input: RegionRollbackInput, context: Context): Promise<Outcome<RegionRollback>> {
  const { name, dryRun, yes } = input;
  if (!dryRun) assertAnswerable(yes, `${rollbackCommand(name)} --dry-run  # shows the steps`, context);
  const chosen = await context.regions(name);
  const worlds = (await worldsOf(chosen, context)).filter(({ region }) => region.name === name);
  const [world] = worlds;
  if (world === undefined) throw new Error(`no region ${name}`);
  const { clock } = context.host;
  // A rollback has no bake, and the region is unhealthy: that is its reason.
  const rules = versionRules(world, { bake: 0, gate: [] }, context);
  if (dryRun) {
    const planned = await planRollback(world, rules, clock.now(), context.signal);
    const preview = await previewOf([planned], context.signal);
    context.preview(preview.plan, (_, view) => versionPreviewText(preview, view));
    const findings = preview.findings.filter(({ severity }) => severity !== "ok");
    return {
      exit: combine([exitOfPlan(preview.plan), exitOf(findings, false)]),
      document: { kind: "RegionRollback", ...foreseenVersion(planned).changed, findings },
    };
  }
  return withRegionState(worlds, await stateSettings(context), async (state, signal) => {
    const planned = await planRollback(world, rules, clock.now(), signal);
    const preview = await previewOf([planned], signal);
    context.preview(preview.plan, (_, view) => versionPreviewText(preview, view));
    assertAllReady([planned], preview);
    if (pendingIn(preview.plan) > 0) await agree(`Roll region ${name} back to ${planned.route.to}?`, yes, context);
    announce(preview.plan, context);
    const rollback = await beginRun(await state.journal([name]), randomUUID(), { rollsBack: name });
    const settings = { clock, signal, report: reporter(preview.plan, context) };
    const { exit: own, changed, findings } = await changeVersion(planned, rules, rollback, settings);
    await endRun(rollback, own === exit.ok ? "done" : "failed");
    const place = own === exit.ok ? await askingForAnother(world, planned.route.to, context) : undefined;
    return {
      exit: own,
      document: {
        kind: "RegionRollback",
        ...changed,
        findings,
        ...(place === undefined ? {} : { asksForAnother: place }),
      },
    };
  });
}

export function present(document: RegionRollback, view: TextView): string {
  return regionRollbackText(document, view);
}

/** Returns where gennet.yaml asks for another version than the cluster has now. */
async function askingForAnother(
  { region }: RegionWorld,
  version: string,
  { host, options }: Context,
): Promise<FileLocation | undefined> {
  const wanted = kubernetesVersion(region);
  if (wanted === undefined || wanted === version) return undefined;
  const { path, text } = await findPlatform(host.cwd, options.config);
  const { placeOfVersion } = await import("../../platform/version-place.ts");
  return placeOfVersion(text, relative(host.cwd, path), region.name);
}
