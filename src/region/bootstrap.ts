import { applyPlan, type StepOutcome, type StepResult } from "../core/apply.ts";
import { combine, exit, type Exit } from "../core/exit.ts";
import type { Finding } from "../core/finding.ts";
import { isPending } from "../core/due.ts";
import type { JournaledRun, RunSettings } from "../core/run.ts";
import { nodeId } from "../core/resource-graph.ts";
import { eksCluster } from "./resources/eks-cluster.ts";
import { platformGraph, type RunScope } from "./platform-graph.ts";
import { changesOf, type RegionChange, type RegionPlan } from "./region-plan.ts";
import type { RegionWorld } from "./world.ts";

export interface BootstrappedStep {
  readonly step: string;
  readonly title: string;
  /** `pending` is what a dry run would change. */
  readonly outcome: StepOutcome | "pending";
  readonly summary: string;
  readonly durationMs: number;
  /** The code of the error that it failed with. */
  readonly code?: string;
  readonly next?: readonly string[];
}

/** What all regions share, after a run. */
export interface BootstrappedPlatform {
  /** How many steps changed something. */
  readonly changes: number;
  readonly steps: readonly BootstrappedStep[];
}

export interface BootstrappedRegion {
  readonly name: string;
  /** How many steps changed something. */
  readonly changes: number;
  /** https URL of the cluster's API server, once it exists. */
  readonly endpoint?: string;
  readonly durationMs: number;
  readonly steps: readonly BootstrappedStep[];
}

export interface RegionBootstrap {
  readonly kind: "RegionBootstrap";
  /** Absent if the regions share nothing that gennet manages. */
  readonly platform?: BootstrappedPlatform;
  readonly regions: readonly BootstrappedRegion[];
  /** What could not be done, and why. */
  readonly findings: readonly Finding[];
}

export interface Bootstrapped extends Pick<RegionBootstrap, "platform" | "regions" | "findings"> {
  readonly exit: Exit;
}

/** Builds regions as planned, in one walk over their graph. Failed steps are part of the result, not thrown. */
export async function bootstrapRegions(
  worlds: readonly RegionWorld[],
  plan: RegionPlan,
  run: JournaledRun,
  settings: RunSettings,
  scope: RunScope = {},
): Promise<Bootstrapped> {
  const begun = settings.clock.now();
  const planned = changesOf(plan);
  const { results, outputs } = await applyPlan(platformGraph(worlds, scope), planned, run, settings);
  const order = planned.map(({ region, step }) => nodeId(region, step));
  const placeOf = ({ region, step }: StepResult): number => order.indexOf(nodeId(region, step));
  const sorted = results.toSorted((a, b) => placeOf(a) - placeOf(b));
  const stepsOf = (name: string | undefined): BootstrappedPlatform => {
    const steps = sorted.filter(({ region }) => region === name);
    return { changes: steps.filter(({ outcome }) => outcome === "changed").length, steps: steps.map(withoutError) };
  };
  const shared = stepsOf(undefined);
  const regions = plan.regions.map(({ name }) => {
    const endpoint = outputs.of(name, eksCluster)?.endpoint;
    return {
      name,
      ...stepsOf(name),
      ...(endpoint === undefined ? {} : { endpoint }),
      durationMs: settings.clock.now() - begun,
    };
  });
  return {
    ...(shared.steps.length === 0 ? {} : { platform: shared }),
    regions,
    findings: sorted.flatMap(findingsOf),
    exit: exitOfSteps(results),
  };
}

/** Returns the document of a dry run. */
export function foreseen(plan: RegionPlan): RegionBootstrap {
  const stepsOf = (changes: readonly RegionChange[]): BootstrappedPlatform => ({
    changes: 0,
    steps: changes.map((change): BootstrappedStep => {
      const { step, title, obstacle, summary } = change;
      const outcome = obstacle?.kind ?? (isPending(change) ? "pending" : "unchanged");
      return { step, title, outcome, summary, durationMs: 0 };
    }),
  });
  const { platform } = plan;
  const findings = changesOf(plan).flatMap((change) =>
    change.obstacle === undefined ? [] : [left(change.region, change.obstacle.kind, change)],
  );
  return {
    kind: "RegionBootstrap",
    ...(platform === undefined ? {} : { platform: stepsOf(platform.changes) }),
    regions: plan.regions.map(({ name, changes }) => ({ name, ...stepsOf(changes), durationMs: 0 })),
    findings: [...findings, ...plan.findings],
  };
}

function withoutError({ error, ...result }: StepResult): BootstrappedStep {
  const { step: id, title, outcome, summary, durationMs } = result;
  const step = { step: id, title, outcome, summary, durationMs };
  return error === undefined ? step : { ...step, code: error.code, next: error.next };
}

/** Returns 0 only if the regions match gennet.yaml, apart from what is installed later. */
function exitOfSteps(steps: readonly StepResult[]): Exit {
  const own = combine(
    steps.map(({ outcome, error }) => (outcome === "blocked" ? exit.unhealthy : (error?.exit ?? exit.ok))),
  );
  // Steps are skipped because of others that failed or are blocked. Without such steps, they are still unfinished.
  return own === exit.ok && steps.some(({ outcome }) => outcome === "skipped") ? exit.unhealthy : own;
}

/** Returns the command that resumes a run of `region bootstrap` after a failure; without a region, of all of them. */
export function resumeCommand(region: string | undefined): string {
  return `${bootstrapCommand(region)}  # resumes from here`;
}

function bootstrapCommand(region: string | undefined): string {
  return region === undefined ? "gennet region bootstrap" : `gennet region bootstrap ${region}`;
}

function findingsOf(result: StepResult): readonly Finding[] {
  const { region, step, title, outcome, summary, error } = result;
  if (outcome === "blocked" || outcome === "deferred") return [left(region, outcome, result)];
  if (outcome !== "failed") return [];
  const fix = error?.next[0] ?? resumeCommand(region);
  const subject = `${title} (${step})`;
  return [{ id: "region/step", severity: "fail", region: region ?? "platform", subject, summary, fix }];
}

/** Returns the finding about a step that is blocked or deferred. */
function left(
  region: string | undefined,
  why: "blocked" | "deferred",
  { step, title, summary }: { readonly step: string; readonly title: string; readonly summary: string },
): Finding {
  const about = { id: `region/${why}`, region: region ?? "platform", subject: `${title} (${step})`, summary };
  const command = bootstrapCommand(region);
  return why === "blocked"
    ? { ...about, severity: "fail", fix: `Fix that, then run: ${command}` }
    : { ...about, severity: "skip", fix: `Afterwards run: ${command}` };
}
