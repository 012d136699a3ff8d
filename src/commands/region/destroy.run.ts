import { randomUUID } from "node:crypto";
import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { AppError } from "../../core/error.ts";
import { exit } from "../../core/exit.ts";
import type { Outcome } from "../../core/outcome.ts";
import { beginRun, endRun } from "../../core/run.ts";
import {
  destroyCommand,
  destroyRegion,
  foreseenDestruction,
  planDestruction,
  type PlannedDestruction,
  type RegionDestruction,
  settledDestruction,
} from "../../region/destroy.ts";
import { type DestroyedPart, partToDestroy } from "../../region/destroy-scope.ts";
import { destructionText, plannedDestructionText } from "../../region/destroy-text.ts";
import { asStored } from "../../region/plan-file.ts";
import { exitOfPlan, pendingIn } from "../../region/region-plan.ts";
import { withRegionState } from "../../region/state/region-state.ts";
import type { RegionWorld } from "../../region/world.ts";
import type { RegionDestroyInput } from "./destroy.ts";
import { announce, reporter } from "./progress.run.ts";
import { reportState, stateSettings } from "./state-settings.run.ts";
import { worldsOf } from "./worlds.run.ts";

export async function run(input: RegionDestroyInput, context: Context): Promise<Outcome<RegionDestruction>> {
  await context.regions(input.name);
  if (!input.dryRun) assertConfirmable(input, context);
  const worlds = await worldsOf(context);
  if (!input.dryRun) await reportState(context);
  const { part, planned } = await readPart(worlds, input, context.signal);
  context.preview(planned.plan, (_plan, view) => plannedDestructionText(planned, view));
  if (input.dryRun) return { exit: exitOfPlan(planned.plan), document: foreseenDestruction(part, planned) };
  if (pendingIn(planned.plan) === 0) return settledDestruction(part, planned);
  await confirm(input, context);
  const { clock } = context.host;
  context.resumable();
  return withRegionState({ worlds, regions: [input.name] }, await stateSettings(context), async (state, signal) => {
    // Another run may have changed the region since it was read.
    const { part, planned: now } = await readPart(worlds, input, signal);
    const plan = input.confirm === undefined ? asStored(planned.plan, now.plan) : now.plan;
    announce(plan, context);
    const destruction = await beginRun(await state.journal([input.name]), randomUUID(), { destroys: input.name });
    const settings = { clock, signal, report: reporter(plan, context) };
    const done = await destroyRegion(worlds, part, plan, destruction, settings);
    await endRun(destruction, done.exit === exit.ok ? "done" : "failed");
    return done;
  });
}

export function present(document: RegionDestruction, view: TextView): string {
  return destructionText(document, view);
}

/** Reads the region, unless it must stay. */
async function readPart(
  worlds: readonly RegionWorld[],
  { name, except }: RegionDestroyInput,
  signal: AbortSignal,
): Promise<{ readonly part: DestroyedPart; readonly planned: PlannedDestruction }> {
  const part = await partToDestroy(worlds, { region: name, except }, signal);
  const planned = await planDestruction(worlds, part, signal);
  return { part, planned };
}

/** Throws if the name was given wrong, or cannot be asked for. */
function assertConfirmable({ name, confirm: given, except }: RegionDestroyInput, { host, options }: Context): void {
  if (given === name) return;
  if (given !== undefined) {
    throw new AppError("USAGE_INVALID", `--confirm is "${given}", but the region to destroy is "${name}".`, {
      next: [`${destroyCommand(name, except)} --dry-run  # shows what would be deleted`],
    });
  }
  if (host.interactive && !options.noInput) return;
  throw new AppError("USAGE_ANSWER_MISSING", `Confirmation required; pass --confirm ${name}.`, {
    next: [`${destroyCommand(name, except)} --dry-run  # shows what would be deleted`],
  });
}

async function confirm({ name, confirm: given }: RegionDestroyInput, { host, signal }: Context): Promise<void> {
  if (given === name) return;
  const prompts = await host.prompts();
  const question = {
    message: `Type ${name} to delete all of this`,
    problem: (answer: string) => (answer === name ? undefined : `type ${name}, or press Ctrl-C to cancel`),
  };
  await prompts.text(question, signal);
}
