import { randomUUID } from "node:crypto";
import { relative } from "node:path";
import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { combine, exit } from "../../core/exit.ts";
import { exitOf } from "../../core/finding.ts";
import type { Outcome } from "../../core/outcome.ts";
import { beginRun, endRun } from "../../core/run.ts";
import { findPlatform } from "../../platform/load.ts";
import { kubernetesVersion } from "../../region/kubernetes-version.ts";
import { asStored } from "../../region/plan-file.ts";
import { exitOfPlan, pendingIn } from "../../region/region-plan.ts";
import { withRegionState } from "../../region/state/region-state.ts";
import { changeVersion, foreseenVersion, planRollback } from "../../region/upgrade/change-version.ts";
import { type RegionRollback, regionRollbackText, versionPreviewText } from "../../region/upgrade/upgrade-text.ts";
import { rollbackCommand } from "../../region/upgrade/upgrade-step.ts";
import type { RegionWorld } from "../../region/world.ts";
import { agree, assertAnswerable } from "../consent.run.ts";
import { announce, reporter } from "./progress.run.ts";
import type { RegionRollbackInput } from "./rollback.ts";
import { reportState, stateSettings } from "./state-settings.run.ts";
import { assertAllReady, previewOf, versionRules } from "./version-rules.run.ts";
import { worldsOf } from "./worlds.run.ts";

export async function run(input: RegionRollbackInput, context: Context): Promise<Outcome<RegionRollback>> {
  const { name, dryRun, yes } = input;
  if (!dryRun) assertAnswerable(yes, `${rollbackCommand(name)} --dry-run  # shows the steps`, context);
  await context.regions(name);
  const worlds = await worldsOf(context);
  const world = worlds.find(({ region }) => region.name === name);
  if (world === undefined) throw new Error(`no region ${name}`);
  const { clock } = context.host;
  // A rollback has no bake, and the region is unhealthy: that is its reason.
  const rules = versionRules(world, { bake: 0, gate: [] }, context);
  if (!dryRun) await reportState(context);
  const foreseen = await planRollback(world, rules, context.signal);
  const preview = await previewOf([foreseen], context.signal);
  context.preview(preview.plan, (_, view) => versionPreviewText(preview, view));
  if (!dryRun) assertAllReady([foreseen], preview);
  const { to } = foreseen.route;
  if (dryRun || pendingIn(preview.plan) === 0) {
    const findings = preview.findings.filter(({ severity }) => severity !== "ok");
    const place = dryRun ? {} : await askingForAnother(world, to, context);
    return {
      exit: combine([exitOfPlan(preview.plan), exitOf(findings, false)]),
      document: { kind: "RegionRollback", ...foreseenVersion(foreseen).changed, findings, ...place },
    };
  }
  await agree(`Roll region ${name} back to ${to}?`, yes, context);
  context.resumable();
  return withRegionState({ worlds, regions: [name] }, await stateSettings(context), async (state, signal) => {
    // Another run may have changed the region since it was read.
    const planned = await planRollback(world, rules, signal);
    const { plan } = planned;
    if (!yes) asStored(preview.plan, plan);
    announce(plan, context);
    const rollback = await beginRun(await state.journal([name]), randomUUID(), { rollsBack: name });
    const settings = { clock, signal, report: reporter(plan, context) };
    const { exit: own, changed, findings } = await changeVersion(planned, rules, rollback, settings);
    await endRun(rollback, own === exit.ok ? "done" : "failed");
    const place = own === exit.ok ? await askingForAnother(world, to, context) : {};
    return { exit: own, document: { kind: "RegionRollback", ...changed, findings, ...place } };
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
): Promise<Pick<RegionRollback, "asksForAnother">> {
  const wanted = kubernetesVersion(region);
  if (wanted === undefined || wanted === version) return {};
  const { path, text } = await findPlatform(host.cwd, options.config);
  const { placeOfVersion } = await import("../../platform/version-place.ts");
  const asksForAnother = placeOfVersion(text, relative(host.cwd, path), region.name);
  return asksForAnother === undefined ? {} : { asksForAnother };
}
