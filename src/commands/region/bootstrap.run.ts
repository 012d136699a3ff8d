import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { AppError } from "../../core/error.ts";
import { combine, exit } from "../../core/exit.ts";
import { exitOf } from "../../core/finding.ts";
import { withJournal } from "../../core/journal.ts";
import type { Outcome } from "../../core/outcome.ts";
import { beginRun, endRun, type StepProgress } from "../../core/run.ts";
import type { Region } from "../../platform/schema.ts";
import { bootstrapRegions, foreseen, type RegionBootstrap } from "../../region/bootstrap.ts";
import { bootstrapText } from "../../region/bootstrap-text.ts";
import { assertNotStale, parsePlan } from "../../region/plan-file.ts";
import { regionPlanText } from "../../region/plan-text.ts";
import { assertFeasible, isPreflight } from "../../region/preflight/preflight.ts";
import { exitOfPlan, pendingIn, planRegions, type RegionPlan } from "../../region/region-plan.ts";
import { journalOf, type RegionWorld } from "../../region/world.ts";
import { agree, assertAnswerable } from "../consent.run.ts";
import { worldsOf } from "./plan.run.ts";
import type { RegionBootstrapInput } from "./bootstrap.ts";

export async function run(input: RegionBootstrapInput, context: Context): Promise<Outcome<RegionBootstrap>> {
  if (!input.dryRun)
    assertAnswerable(input.yes, "gennet region plan  # shows the changes without making them", context);
  const stored = input.plan === undefined ? undefined : await readPlan(input.plan, context);
  const regions = await chosenRegions(input, stored, context);
  const worlds = await worldsOf(regions, context);
  if (input.dryRun) {
    const { now } = await planned(worlds, stored, context.signal, context);
    return { exit: exitOfPlan(now), document: foreseen(now) };
  }
  const { clock } = context.host;
  const name = journalOf(await context.platform());
  return withJournal(await context.journals(), name, { clock, signal: context.signal }, async (journal, signal) => {
    const { now, plan } = await planned(worlds, stored, signal, context);
    assertFeasible(now);
    const pending = pendingIn(now);
    if (pending > 0)
      await agree(pending === 1 ? "Make this change?" : `Make these ${pending} changes?`, input.yes, context);
    announce(now, context);
    const settings = { clock, signal, report: reporter(now, context) };
    const bootstrap = await beginRun(journal, randomUUID(), { regions: regions.map((region) => region.name) });
    const done = await bootstrapRegions(worlds, plan, bootstrap, settings);
    await endRun(bootstrap, done.exit === exit.ok ? "done" : "failed");
    // What was asked before the first change is answered by what was made.
    const unread = plan.findings.filter((finding) => !isPreflight(finding));
    return {
      exit: combine([done.exit, exitOf(unread, false)]),
      document: { kind: "RegionBootstrap", regions: done.regions, findings: [...done.findings, ...unread] },
    };
  });
}

/** Reads the regions and shows what has to change: `now` as they are, `plan` as it was agreed to in a plan file. */
async function planned(
  worlds: readonly RegionWorld[],
  stored: RegionPlan | undefined,
  signal: AbortSignal,
  { preview }: Context,
): Promise<{ readonly now: RegionPlan; readonly plan: RegionPlan }> {
  const now = await planRegions(worlds, signal);
  const plan = stored === undefined ? now : asStored(stored, now);
  preview(now, regionPlanText);
  return { now, plan };
}

export function present(document: RegionBootstrap, view: TextView): string {
  return bootstrapText(document, view);
}

async function readPlan(file: string, { host }: Context): Promise<RegionPlan> {
  try {
    return parsePlan(await readFile(resolve(host.cwd, file), "utf8"), file);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const problem = error instanceof Error ? error.message : String(error);
    throw new AppError("PLAN_INVALID", `${file} cannot be read: ${problem}`, { cause: error });
  }
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

function asStored(stored: RegionPlan, now: RegionPlan): RegionPlan {
  const regions = now.regions.map((each) => {
    const before = stored.regions.find((candidate) => candidate.name === each.name);
    if (before === undefined) throw new Error(`no stored plan for ${each.name}`);
    assertNotStale(before, each);
    return before;
  });
  return { ...now, regions };
}

function announce(plan: RegionPlan, { emit }: Context): void {
  const several = plan.regions.length > 1;
  const tasks = plan.regions.flatMap(({ name, changes }) =>
    changes
      .filter((change) => change.action !== "none")
      .map(({ step, title }) => ({ id: `${name}/${step}`, title: several ? `${name}: ${title}` : title })),
  );
  if (tasks.length > 0) emit({ type: "tasks", tasks });
}

/** Reports progress only for planned changes. */
function reporter(plan: RegionPlan, { emit }: Context): (progress: StepProgress) => void {
  const shown = new Set(
    plan.regions.flatMap(({ name, changes }) =>
      changes.filter((change) => change.action !== "none").map(({ step }) => `${name}/${step}`),
    ),
  );
  return ({ region, step, ...progress }) => {
    const id = `${region}/${step}`;
    if (shown.has(id)) emit({ type: "task", id, ...progress });
  };
}
