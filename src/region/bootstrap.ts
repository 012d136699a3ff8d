import { applyPlan, type ApplySettings, type StepOutcome, type StepResult } from "../core/apply.ts";
import { combine, type Exit } from "../core/exit.ts";
import type { Finding } from "../core/finding.ts";
import { regionSteps } from "./steps.ts";
import type { RegionPlan, RegionPlanEntry } from "./region-plan.ts";
import type { World } from "./world.ts";

export interface BootstrappedStep {
  readonly step: string;
  readonly title: string;
  /** `pending` is what a dry run would change. */
  readonly outcome: StepOutcome | "pending";
  readonly summary: string;
  readonly durationMs: number;
  /** The code of the error that ended it. */
  readonly code?: string;
  readonly next?: readonly string[];
}

export interface BootstrappedRegion {
  readonly name: string;
  /** How many steps changed something. */
  readonly changes: number;
  /** https URL of the cluster's API server, once there is one. */
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
  readonly region: BootstrappedRegion;
  readonly findings: readonly Finding[];
  readonly exit: Exit;
}

/** Makes one region as planned. Failures of steps are in the answer, not thrown. */
export async function bootstrapRegion(
  world: World,
  plan: RegionPlanEntry,
  settings: ApplySettings,
): Promise<Bootstrapped> {
  const begun = settings.clock.now();
  const results = await applyPlan(regionSteps(world.platform), plan, world, settings);
  const order = plan.changes.map((change) => change.step);
  const steps = results.toSorted((a, b) => order.indexOf(a.step) - order.indexOf(b.step));
  const endpoint = await endpointOf(world, steps, settings.signal);
  return {
    region: {
      name: world.region.name,
      changes: steps.filter((each) => each.outcome === "changed").length,
      ...(endpoint === undefined ? {} : { endpoint }),
      durationMs: settings.clock.now() - begun,
      steps: steps.map(withoutError),
    },
    findings: steps.flatMap((each) => findingsOf(each, world)),
    exit: combine(steps.flatMap((each) => each.error?.exit ?? [])),
  };
}

/** What a dry run answers. */
export function foreseen(plan: RegionPlan): RegionBootstrap {
  const outcomes = { create: "pending", update: "pending", blocked: "blocked", none: "unchanged" } as const;
  const regions = plan.regions.map(({ name, changes }) => ({
    name,
    changes: 0,
    durationMs: 0,
    steps: changes.map(({ step, title, action, summary }) => ({
      step,
      title,
      outcome: outcomes[action],
      summary,
      durationMs: 0,
    })),
  }));
  const findings = plan.regions.flatMap(({ name, changes }) =>
    changes.filter((change) => change.action === "blocked").map((change) => blocked(name, change)),
  );
  return { kind: "RegionBootstrap", regions, findings };
}

async function endpointOf(
  world: World,
  steps: readonly StepResult[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const cluster = steps.find((each) => each.step === "cluster");
  if (cluster === undefined || cluster.outcome === "failed" || cluster.outcome === "skipped") return undefined;
  return (await (await world.aws.eks()).cluster(world.region.cluster, signal))?.endpoint;
}

function withoutError({ error, ...step }: StepResult): BootstrappedStep {
  return error === undefined ? step : { ...step, code: error.code, next: error.next };
}

function findingsOf(result: StepResult, world: World): readonly Finding[] {
  const region = world.region.name;
  if (result.outcome === "blocked") return [blocked(region, result)];
  if (result.outcome !== "failed") return [];
  const { step, title, summary, error } = result;
  const fix = [...(error?.next ?? []), `gennet region bootstrap ${region}   goes on from here`].join(" · ");
  return [{ id: "region/step", severity: "fail", region, subject: `${title} (${step})`, summary, fix }];
}

function blocked(
  region: string,
  { step, title, summary }: { readonly step: string; readonly title: string; readonly summary: string },
): Finding {
  const fix = `Mend that, then: gennet region bootstrap ${region}`;
  return { id: "region/blocked", severity: "warn", region, subject: `${title} (${step})`, summary, fix };
}
