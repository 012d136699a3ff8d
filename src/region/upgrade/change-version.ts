import { minorBy, minorOf } from "../../core/kubernetes/minor-version.ts";
import { applyPlan } from "../../core/apply.ts";
import { AppError } from "../../core/error.ts";
import type { Exit } from "../../core/exit.ts";
import type { Finding } from "../../core/finding.ts";
import type { JournaledRun, RunSettings } from "../../core/run.ts";
import { kubernetesVersion } from "../kubernetes-version.ts";
import { platformGraph } from "../platform-graph.ts";
import { readOnce } from "../read-once.ts";
import { changesOf, readPlan, type RegionPlan } from "../region-plan.ts";
import { type BootstrappedPart, foreseenSteps, obstaclesIn, stepsReport } from "../steps.ts";
import { owned, type RegionWorld } from "../world.ts";
import type { EksCluster } from "../../aws/eks/port.ts";
import { whyNotOffered } from "../offered-versions.ts";
import { contraryUpdate, doingOf, waysOutOf } from "./cluster-updates.ts";
import { readRollbackRoute } from "./rollback-route.ts";
import { routeResources, type UpgradeRoute } from "./upgrade-route.ts";
import { commandOf, rollbackCommand, type UpgradeRules, type UpgradeStep } from "./upgrade-step.ts";

/** The planned change of the Kubernetes version of one region. */
export interface PlannedVersion {
  readonly world: RegionWorld;
  /** The region as it was read for the plan: what EKS has answered is not asked again. */
  readonly seen: RegionWorld;
  readonly route: UpgradeRoute;
  readonly plan: RegionPlan;
}

/** A region whose Kubernetes version was changed, or would be. */
export interface ChangedVersion extends BootstrappedPart {
  readonly region: string;
  /** `1.34` */
  readonly from: string;
  readonly to: string;
  readonly durationMs: number;
}

/**
 * Reads what an upgrade of a region to the version of gennet.yaml has to do; nothing, if it has that version. Throws
 * REGION_UPGRADE_REFUSED if the cluster does not exist, has a newer version, or is being rolled back.
 */
export async function planUpgrade(
  world: RegionWorld,
  rules: UpgradeRules,
  signal: AbortSignal,
): Promise<PlannedVersion> {
  const seen = readOnce(world);
  const { version } = await clusterOf(seen, signal);
  const { name } = world.region;
  const to = kubernetesVersion(world.region) ?? version;
  const updates = await (await seen.aws.service("eks")).clusterUpdates(world.region.cluster, signal);
  const contrary = contraryUpdate(updates, "upgrade");
  if (contrary !== undefined) {
    throw new AppError("REGION_UPGRADE_REFUSED", `Region ${name} cannot be upgraded: ${doingOf(contrary)}.`, {
      next: [`${rollbackCommand(name)}  # waits for it`, ...waysOutOf(contrary, seen)],
    });
  }
  const unavailable = minorOf(to) > minorOf(version) ? await whyNotOffered(to, seen, signal) : undefined;
  if (unavailable !== undefined) {
    throw new AppError("REGION_UPGRADE_REFUSED", `Region ${name}: ${unavailable}.`, {
      next: [`Set kubernetes.version of region ${name} in gennet.yaml to one of them.`],
    });
  }
  if (minorOf(to) >= minorOf(version)) {
    return planned({ world, seen, route: { from: version, to, kind: "upgrade" } }, rules, signal);
  }
  const message = `Region ${name} runs Kubernetes ${version}, which is newer than ${to} in gennet.yaml.`;
  throw new AppError("REGION_UPGRADE_REFUSED", message, {
    next: [
      `${rollbackCommand(name)} --dry-run  # shows whether EKS can roll it back`,
      `Set kubernetes.version of region ${name} in gennet.yaml to ${version}.`,
    ],
  });
}

/**
 * Reads what a rollback to the version before the last upgrade has to do. Throws REGION_UPGRADE_REFUSED with the reason
 * if EKS cannot make it.
 */
export async function planRollback(
  world: RegionWorld,
  rules: UpgradeRules,
  signal: AbortSignal,
): Promise<PlannedVersion> {
  const seen = readOnce(world);
  const cluster = await clusterOf(seen, signal);
  const { name } = world.region;
  const found = await readRollbackRoute(cluster, seen, signal);
  if ("step" in found) return planned({ world, seen, route: found.step }, rules, signal);
  const { reason, next } = found;
  throw new AppError("REGION_UPGRADE_REFUSED", `Region ${name} cannot be rolled back: ${reason}.`, { next });
}

/** Changes the version as planned. What failed is part of the result, not thrown. */
export async function changeVersion(
  { world, route, plan }: PlannedVersion,
  rules: UpgradeRules,
  run: JournaledRun,
  settings: RunSettings,
): Promise<{ readonly exit: Exit; readonly changed: ChangedVersion; readonly findings: readonly Finding[] }> {
  const begun = settings.clock.now();
  const { name } = world.region;
  const changes = changesOf(plan);
  const nodes = platformGraph([world], { resources: routeResources(route, rules) });
  const { results } = await applyPlan(nodes, changes, run, settings);
  const report = stepsReport(results, changes, () => commandOf(route, name));
  const durationMs = settings.clock.now() - begun;
  const { from, to } = route;
  return {
    exit: report.exit,
    changed: { region: name, from, to, ...report.of(name), durationMs },
    findings: report.findings,
  };
}

/** Returns what a run would do, and what is in its way. */
export function foreseenVersion({ world, route, plan }: PlannedVersion): {
  readonly changed: ChangedVersion;
  readonly findings: readonly Finding[];
} {
  const { name } = world.region;
  const { from, to } = route;
  const steps = foreseenSteps(plan.regions.flatMap(({ changes }) => changes));
  return {
    changed: { region: name, from, to, ...steps, durationMs: 0 },
    findings: obstaclesIn(changesOf(plan), () => commandOf(route, name)),
  };
}

/** Returns the next change of the control plane, if nothing else comes before it: readiness can be asked for already. */
export function firstStep({ route, plan }: PlannedVersion): UpgradeStep | undefined {
  const first = changesOf(plan).find(({ action }) => action !== "none");
  const [, to] = /^control-plane-(.*)$/.exec(first?.step ?? "") ?? [];
  if (to === undefined) return undefined;
  const from = route.kind === "rollback" ? route.from : minorBy(to, -1);
  return { from, to, kind: route.kind };
}

/** Reads the cluster of a region, after its account was verified. */
async function clusterOf({ aws, region, ...world }: RegionWorld, signal: AbortSignal): Promise<EksCluster> {
  await aws.verifyAccount(signal);
  const cluster = await (await aws.service("eks")).cluster(region.cluster, signal);
  if (cluster !== undefined) return owned(cluster, `cluster "${cluster.name}"`, { aws, region, ...world });
  throw new AppError("REGION_UPGRADE_REFUSED", `Region ${region.name} has no cluster "${region.cluster}".`, {
    next: [`gennet region bootstrap ${region.name}  # creates it, in the version of gennet.yaml`],
  });
}

async function planned(
  change: Pick<PlannedVersion, "world" | "seen" | "route">,
  rules: UpgradeRules,
  signal: AbortSignal,
): Promise<PlannedVersion> {
  const { route, seen } = change;
  const { plan } = await readPlan([seen], signal, { resources: routeResources(route, rules) });
  const { name } = seen.region;
  const why = `region ${name} is ${route.kind === "upgrade" ? "upgraded" : "rolled back"} to Kubernetes ${route.to}`;
  const regions = plan.regions.map((region) => ({
    ...region,
    changes: region.changes.map((each) => (each.action === "none" ? each : { ...each, why })),
  }));
  return { ...change, plan: { ...plan, regions } };
}
