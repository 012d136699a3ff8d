import { applyPlan, type StepOutcome, type StepResult } from "../core/apply.ts";
import { combine, exit, type Exit } from "../core/exit.ts";
import type { Finding } from "../core/finding.ts";
import { isPending } from "../core/plan.ts";
import type { JournaledRun, RunSettings } from "../core/run.ts";
import { eksCluster } from "./resources/eks-cluster.ts";
import { platformGraph, type RegionPlan } from "./region-plan.ts";
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
  readonly regions: readonly BootstrappedRegion[];
  /** What could not be done, and why. */
  readonly findings: readonly Finding[];
}

export interface Bootstrapped {
  readonly regions: readonly BootstrappedRegion[];
  readonly findings: readonly Finding[];
  readonly exit: Exit;
}

/** Builds regions as planned, in one walk over their graph. Failed steps are part of the result, not thrown. */
export async function bootstrapRegions(
  worlds: readonly RegionWorld[],
  plan: RegionPlan,
  run: JournaledRun,
  settings: RunSettings,
): Promise<Bootstrapped> {
  const begun = settings.clock.now();
  const planned = plan.regions.flatMap(({ name, changes }) => changes.map((change) => ({ ...change, region: name })));
  const { results, outputs } = await applyPlan(platformGraph(worlds), planned, run, settings);
  const names = worlds.map(({ region }) => region.name);
  const placeOf = ({ region = "" }: StepResult): number => names.indexOf(region);
  const regions = worlds.map(({ region: { name } }) => {
    const order = plan.regions.find((region) => region.name === name)?.changes.map(({ step }) => step) ?? [];
    const steps = results
      .filter(({ region }) => region === name)
      .toSorted((a, b) => order.indexOf(a.step) - order.indexOf(b.step));
    const endpoint = outputs.of(name, eksCluster)?.endpoint;
    return {
      name,
      changes: steps.filter((each) => each.outcome === "changed").length,
      ...(endpoint === undefined ? {} : { endpoint }),
      durationMs: settings.clock.now() - begun,
      steps: steps.map(withoutError),
    };
  });
  return {
    regions,
    findings: results.toSorted((a, b) => placeOf(a) - placeOf(b)).flatMap(findingsOf),
    exit: exitOfSteps(results),
  };
}

/** Returns the document of a dry run. */
export function foreseen(plan: RegionPlan): RegionBootstrap {
  const regions = plan.regions.map(({ name, changes }) => ({
    name,
    changes: 0,
    durationMs: 0,
    steps: changes.map((change): BootstrappedStep => {
      const { step, title, obstacle, summary } = change;
      const outcome = obstacle?.kind ?? (isPending(change) ? "pending" : "unchanged");
      return { step, title, outcome, summary, durationMs: 0 };
    }),
  }));
  const findings = plan.regions.flatMap(({ name, changes }) =>
    changes.flatMap((change) => (change.obstacle === undefined ? [] : [left(name, change.obstacle.kind, change)])),
  );
  const told = plan.findings.filter(({ severity }) => severity !== "ok");
  return { kind: "RegionBootstrap", regions, findings: [...findings, ...told] };
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

/** Returns the command that resumes a run of `region bootstrap` after a failure. */
export function resumeCommand(region: string): string {
  return `gennet region bootstrap ${region}  # resumes from here`;
}

function findingsOf(result: StepResult): readonly Finding[] {
  const { region = "platform", step, title, outcome, summary, error } = result;
  if (outcome === "blocked" || outcome === "deferred") return [left(region, outcome, result)];
  if (outcome !== "failed") return [];
  const fix = error?.next[0] ?? resumeCommand(region);
  return [{ id: "region/step", severity: "fail", region, subject: `${title} (${step})`, summary, fix }];
}

/** Returns the finding about a step that is blocked or deferred. */
function left(
  region: string,
  why: "blocked" | "deferred",
  { step, title, summary }: { readonly step: string; readonly title: string; readonly summary: string },
): Finding {
  const about = { id: `region/${why}`, region, subject: `${title} (${step})`, summary };
  const command = `gennet region bootstrap ${region}`;
  return why === "blocked"
    ? { ...about, severity: "fail", fix: `Fix that, then run: ${command}` }
    : { ...about, severity: "skip", fix: `Afterwards run: ${command}` };
}
