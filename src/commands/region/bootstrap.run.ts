import { randomUUID } from "node:crypto";
import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { AppError } from "../../core/error.ts";
import { combine, exit } from "../../core/exit.ts";
import { exitOf } from "../../core/finding.ts";
import type { Outcome } from "../../core/outcome.ts";
import { beginRun, endRun } from "../../core/run.ts";
import type { Region } from "../../platform/schema.ts";
import { bootstrapRegions, foreseen, type RegionBootstrap } from "../../region/bootstrap.ts";
import { bootstrapText } from "../../region/bootstrap-text.ts";
import { asStored } from "../../region/plan-file.ts";
import { regionPlanText } from "../../region/plan-text.ts";
import type { RunScope } from "../../region/platform-graph.ts";
import { assertOwnPlaces } from "../../region/own-places.ts";
import { assertFeasible, isPreflight } from "../../region/preflight/preflight.ts";
import {
  changesOf,
  compareRegions,
  exitOfPlan,
  pendingIn,
  planRegions,
  type RegionPlan,
} from "../../region/region-plan.ts";
import { withRegionState } from "../../region/state/region-state.ts";
import type { RegionWorld } from "../../region/world.ts";
import { agreeToChanges, assertAnswerable } from "../consent.run.ts";
import type { RegionBootstrapInput } from "./bootstrap.ts";
import { readPlanFile } from "./plan-file.run.ts";
import { announce, reporter } from "./progress.run.ts";
import { withGates } from "./region-gates.run.ts";
import { reportState, stateSettings } from "./state-settings.run.ts";
import { worldsOf } from "./worlds.run.ts";

export async function run(input: RegionBootstrapInput, context: Context): Promise<Outcome<RegionBootstrap>> {
  if (!input.dryRun)
    assertAnswerable(input.yes, "gennet region plan  # shows the changes without making them", context);
  const stored = input.plan === undefined ? undefined : await readPlanFile(input.plan, context);
  const regions = await chosenRegions(input, stored, context);
  // A plan file that was agreed to says what is adopted.
  const adopts = input.adopt || (stored !== undefined && adoptionsIn(stored));
  const worlds = await worldsOf(context, adopts);
  const { only, except } = stored === undefined ? input : chosenIn(stored, input);
  const scope = { regions: regions.map((region) => region.name), only, except };
  const request = { worlds, stored, scope, isQuiet: input.yes && context.options.quiet };
  if (!input.dryRun) await reportState(context);
  const { now, plan } = await planned(request, context);
  if (input.dryRun) return { exit: exitOfPlan(now), document: foreseen(now) };
  assertOwnPlaces(now);
  assertFeasible(now);
  const pending = pendingIn(now);
  // What AWS was asked before the first change is answered by what was made.
  const found = { ...now, findings: now.findings.filter((finding) => !isPreflight(finding)) };
  const isWhole = only.length + except.length === 0;
  const gated = (outcome: Outcome<RegionBootstrap>): Promise<Outcome<RegionBootstrap>> =>
    isWhole && outcome.exit === exit.ok ? withGates(outcome.document, worlds, context) : Promise.resolve(outcome);
  if (pending === 0) return gated({ exit: exitOfPlan(found), document: foreseen(found) });
  await agreeToChanges(pending, input.yes, context);
  const { clock } = context.host;
  context.resumable();
  const outcome = await withRegionState(
    { worlds, regions: found.regions.map(({ name }) => name) },
    await stateSettings(context),
    async (state, signal): Promise<Outcome<RegionBootstrap>> => {
      const current = await plannedAgain(found, request, signal);
      // With --yes, what is due now is agreed to, unless a file says what.
      const made = input.yes && stored === undefined ? current : asStored(plan, current);
      announce(made, context);
      const settings = { clock, signal, report: reporter(made, context) };
      const read = { ...scope, regions: current.regions.map((region) => region.name) };
      const bootstrap = await beginRun(await state.journal(read.regions), randomUUID(), scope);
      const done = await bootstrapRegions(worlds, made, bootstrap, settings, read);
      await endRun(bootstrap, done.exit === exit.ok ? "done" : "failed");
      const { exit: own, findings, ...rest } = done;
      return {
        exit: combine([own, exitOf(current.findings, false)]),
        document: { kind: "RegionBootstrap", ...rest, findings: [...findings, ...current.findings] },
      };
    },
  );
  return gated(outcome);
}

interface PlanRequest {
  readonly worlds: readonly RegionWorld[];
  readonly scope: RunScope;
  /** The plan of a file. */
  readonly stored: RegionPlan | undefined;
  /** With --yes and --quiet, no question follows for which the plan would have to be shown. */
  readonly isQuiet: boolean;
}

/** Reads the regions and shows what has to change: `now` as they are, `plan` as it was agreed to in a plan file. */
async function planned(
  { worlds, scope, stored, isQuiet }: PlanRequest,
  { signal, preview }: Pick<Context, "signal" | "preview">,
): Promise<{ readonly now: RegionPlan; readonly plan: RegionPlan }> {
  const now = await planRegions(worlds, signal, scope);
  const plan = stored === undefined ? now : asStored(stored, now);
  if (!isQuiet) preview(now, regionPlanText);
  return { now, plan };
}

/**
 * Reads the regions again: another run may have changed them before this one had the leases. A region that could not be
 * read at first is left alone.
 */
async function plannedAgain(
  before: RegionPlan,
  { worlds, scope }: PlanRequest,
  signal: AbortSignal,
): Promise<RegionPlan> {
  const now = await compareRegions(worlds, signal, scope);
  const isKnown = ({ name }: { readonly name: string }): boolean => before.regions.some((each) => each.name === name);
  const late = now.regions.filter((region) => !isKnown(region)).map(({ name }) => name);
  const findings = [...now.findings, ...before.findings.filter(({ region = "" }) => late.includes(region))];
  return { ...now, regions: now.regions.filter(isKnown), findings };
}

export function present(document: RegionBootstrap, view: TextView): string {
  return bootstrapText(document, view);
}

function adoptionsIn(stored: RegionPlan): boolean {
  return changesOf(stored).some(({ operations }) => operations.some(({ verb }) => verb === "adopt"));
}

/** Returns the choice of resources that a plan was made with. */
function chosenIn(
  { leftOut }: RegionPlan,
  { plan, only, except }: RegionBootstrapInput,
): Pick<RegionBootstrapInput, "only" | "except"> {
  if (only.length + except.length === 0) return leftOut ?? { only, except };
  throw new AppError(
    "USAGE_INVALID",
    `--only and --except cannot be combined with --plan: ${plan} has its own choice.`,
    {
      next: ["gennet region plan --only RESOURCE --out FILE  # writes a plan of one resource"],
    },
  );
}

/** Returns the regions named on the command line or, without any, the regions of the plan. */
async function chosenRegions(
  { name, plan }: RegionBootstrapInput,
  stored: RegionPlan | undefined,
  context: Context,
): Promise<readonly Region[]> {
  if (stored === undefined) return context.regions(name);
  const planned = new Set(stored.regions.map((region) => region.name));
  const chosen = await context.regions(name);
  if (name === undefined && context.options.region.length === 0)
    return chosen.filter((region) => planned.has(region.name));
  const unplanned = chosen.find((region) => !planned.has(region.name));
  if (unplanned === undefined) return chosen;
  throw new AppError("PLAN_INVALID", `${plan} does not contain a plan for region ${unplanned.name}.`, {
    next: [`It contains: ${[...planned].join(", ")}`],
  });
}
