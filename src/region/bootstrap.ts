import { applyPlan } from "../core/apply.ts";
import type { Exit } from "../core/exit.ts";
import { exitOf, type Finding } from "../core/finding.ts";
import type { JournaledRun, RunSettings } from "../core/run.ts";
import type { RegionGate } from "./gates/pass-gates.ts";
import { commandFor, type LeftOut, platformGraph, type RunScope } from "./platform-graph.ts";
import { changesOf, type RegionPlan } from "./region-plan.ts";
import { eksCluster } from "./resources/eks-cluster.ts";
import { type BootstrappedPart, type CommandFor, foreseenSteps, obstaclesIn, stepsReport } from "./steps.ts";
import type { RegionWorld } from "./world.ts";

export interface BootstrappedRegion extends BootstrappedPart {
  readonly name: string;
  /** https URL of the cluster's API server, once it exists. */
  readonly endpoint?: string;
  readonly durationMs: number;
  /** Absent without a `platform` in gennet.yaml, and if the run did not get that far, or was about some resources only. */
  readonly gates?: readonly RegionGate[];
}

export interface RegionBootstrap {
  readonly kind: "RegionBootstrap";
  /** What all regions share; absent if that is nothing that gennet manages. */
  readonly platform?: BootstrappedPart;
  readonly regions: readonly BootstrappedRegion[];
  /** Absent if the run was about everything. */
  readonly leftOut?: LeftOut;
  /** What could not be done, and why. */
  readonly findings: readonly Finding[];
}

export interface Bootstrapped extends Omit<RegionBootstrap, "kind"> {
  /** 0 only if the regions match gennet.yaml, apart from what is installed later. */
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
  const unread = exitOf(plan.findings, false);
  const report = stepsReport(results, planned, (region) => bootstrapCommand(region, scope), unread);
  const shared = report.of(undefined);
  const regions = plan.regions.map(({ name }) => {
    const endpoint = outputs.of(name, eksCluster)?.endpoint;
    const durationMs = settings.clock.now() - begun;
    return { name, ...report.of(name), ...(endpoint === undefined ? {} : { endpoint }), durationMs };
  });
  return {
    ...(shared.steps.length === 0 ? {} : { platform: shared }),
    regions,
    ...leftOutIn(plan),
    findings: report.findings,
    exit: report.exit,
  };
}

/** Returns the document of a dry run, and of a run that found nothing to change. */
export function foreseen(plan: RegionPlan): RegionBootstrap {
  const { platform, regions, leftOut, findings } = plan;
  const command: CommandFor = (region) => bootstrapCommand(region, leftOut);
  return {
    kind: "RegionBootstrap",
    ...(platform === undefined ? {} : { platform: foreseenSteps(platform.changes) }),
    regions: regions.map(({ name, endpoint, changes }) => {
      return { name, ...foreseenSteps(changes), ...(endpoint === undefined ? {} : { endpoint }), durationMs: 0 };
    }),
    ...leftOutIn(plan),
    findings: [...obstaclesIn(changesOf(plan), command), ...findings.filter(({ severity }) => severity !== "ok")],
  };
}

function leftOutIn({ leftOut }: RegionPlan): Pick<RegionBootstrap, "leftOut"> {
  return leftOut === undefined ? {} : { leftOut };
}

/** Returns the command that bootstraps the chosen resources of a region; without one, of all of them. */
export function bootstrapCommand(region: string | undefined, chosen: Pick<RunScope, "only" | "except"> = {}): string {
  return commandFor(region === undefined ? "gennet region bootstrap" : `gennet region bootstrap ${region}`, chosen);
}
