import { applyPlan } from "../core/apply.ts";
import { AppError } from "../core/error.ts";
import { combine, exit, type Exit } from "../core/exit.ts";
import { exitOf, type Finding } from "../core/finding.ts";
import type { Kept } from "../core/plan.ts";
import type { JournaledRun, RunSettings } from "../core/run.ts";
import { unknownBecause } from "../core/run-checks.ts";
import { destroyScope, type DestroyedPart } from "./destroy-scope.ts";
import { commandFor, platformGraph } from "./platform-graph.ts";
import { changesOf, exitOfPlan, readPlan, type RegionChange, type RegionPlan } from "./region-plan.ts";
import { type BootstrappedPart, foreseenSteps, obstaclesIn, stepsReport } from "./steps.ts";
import type { RegionWorld } from "./world.ts";

/** What still exists of a region that was destroyed. */
export interface LeftResource {
  /** Absent for what the regions share. */
  readonly region?: string;
  readonly step: string;
  readonly title: string;
  readonly summary: string;
}

/** What AWS keeps on purpose. */
export interface KeptResource {
  /** Absent for what the regions share. */
  readonly region?: string;
  readonly step: string;
  /** "KMS key 1234, deleted on 2026-12-07" */
  readonly what: string;
}

export interface RegionDestruction extends BootstrappedPart {
  readonly kind: "RegionDestruction";
  readonly region: string;
  /** The resources that are left alone; absent if there are none. */
  readonly except?: readonly string[];
  /** What the regions share, which goes with the last one; absent if it stays. */
  readonly platform?: BootstrappedPart;
  readonly durationMs: number;
  /** What is still there: every service was asked after the last change. */
  readonly left: readonly LeftResource[];
  readonly kept: readonly KeptResource[];
  /** What could not be done, and why. */
  readonly findings: readonly Finding[];
}

export interface Destroyed {
  /** 3 if something is left. */
  readonly exit: Exit;
  readonly document: RegionDestruction;
}

export interface PlannedDestruction {
  readonly plan: RegionPlan;
  /** What AWS keeps. */
  readonly kept: readonly Kept[];
}

/** Reads a region, and returns what has to be deleted. Throws if it cannot be read. */
export async function planDestruction(
  worlds: readonly RegionWorld[],
  part: DestroyedPart,
  signal: AbortSignal,
): Promise<PlannedDestruction> {
  const { plan, kept } = await readPlan(worlds, signal, destroyScope(worlds, part));
  const why = `region ${part.region} is destroyed`;
  const because = (changes: readonly RegionChange[]): RegionChange[] => changes.map((each) => ({ ...each, why }));
  const { platform } = plan;
  return {
    kept,
    plan: {
      ...plan,
      ...(platform === undefined ? {} : { platform: { ...platform, changes: because(platform.changes) } }),
      regions: plan.regions.map((region) => ({ ...region, changes: because(region.changes) })),
    },
  };
}

/** Deletes a region as planned, then reads everything again. What failed or is left is part of the result, not thrown. */
export async function destroyRegion(
  worlds: readonly RegionWorld[],
  part: DestroyedPart,
  plan: RegionPlan,
  run: JournaledRun,
  settings: RunSettings,
): Promise<Destroyed> {
  const { clock, signal } = settings;
  const begun = clock.now();
  const planned = changesOf(plan);
  const { results } = await applyPlan(platformGraph(worlds, destroyScope(worlds, part)), planned, run, settings);
  const report = stepsReport(results, planned, () => destroyCommand(part.region, part.except));
  const shared = report.of(undefined);
  const { kept, left, unknown } = await whatIsLeft(worlds, part, signal);
  const findings = [...report.findings, ...unknown];
  return {
    exit: combine([report.exit, left.length === 0 ? exit.ok : exit.unhealthy, exitOf(unknown, false)]),
    document: {
      kind: "RegionDestruction",
      region: part.region,
      ...exceptIn(part),
      ...report.of(part.region),
      ...(shared.steps.length === 0 ? {} : { platform: shared }),
      durationMs: clock.now() - begun,
      left,
      kept,
      findings,
    },
  };
}

/** Returns the result for a region of which nothing can be deleted: it is gone, or what is left of it is blocked. */
export function settledDestruction(part: DestroyedPart, planned: PlannedDestruction): Destroyed {
  const left = leftIn(planned.plan);
  return {
    exit: combine([exitOfPlan(planned.plan), left.length === 0 ? exit.ok : exit.unhealthy]),
    document: { ...foreseenDestruction(part, planned), left },
  };
}

/** Returns the document of a dry run. */
export function foreseenDestruction(part: DestroyedPart, { plan, kept }: PlannedDestruction): RegionDestruction {
  const { region, except } = part;
  const { platform, regions, findings } = plan;
  return {
    kind: "RegionDestruction",
    region,
    ...exceptIn(part),
    ...foreseenSteps(regions.flatMap(({ changes }) => changes)),
    ...(platform === undefined ? {} : { platform: foreseenSteps(platform.changes) }),
    durationMs: 0,
    left: [],
    kept: kept.map(({ region: place, ...own }) => placed(place, own)),
    findings: [...obstaclesIn(changesOf(plan), () => destroyCommand(region, except)), ...findings],
  };
}

/** Returns the command that destroys a region, apart from what is left alone: without that, it would delete more. */
export function destroyCommand(region: string, except: readonly string[] = []): string {
  return commandFor(`gennet region destroy ${region}`, { except });
}

function exceptIn({ except }: DestroyedPart): Pick<RegionDestruction, "except"> {
  return except.length === 0 ? {} : { except };
}

type Rest = Pick<RegionDestruction, "left" | "kept"> & { readonly unknown: readonly Finding[] };

async function whatIsLeft(worlds: readonly RegionWorld[], part: DestroyedPart, signal: AbortSignal): Promise<Rest> {
  try {
    const { plan, kept } = await planDestruction(worlds, part, signal);
    return {
      left: leftIn(plan),
      kept: kept.map(({ region, ...own }) => placed(region, own)),
      unknown: plan.findings,
    };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AppError)) throw error;
    const { region } = part;
    const finding = {
      id: "region/left",
      region,
      subject: `what is left of region ${region}`,
      ...unknownBecause(error),
    };
    return { left: [], kept: [], unknown: [finding] };
  }
}

function leftIn(plan: RegionPlan): readonly LeftResource[] {
  return changesOf(plan).map(({ region, step, title, summary }) => placed(region, { step, title, summary }));
}

function placed<T extends object>(region: string | undefined, own: T): T & { readonly region?: string } {
  return region === undefined ? own : { region, ...own };
}
