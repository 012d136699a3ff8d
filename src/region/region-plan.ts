import { AppError } from "../core/error.ts";
import { combine, exit, type Exit } from "../core/exit.ts";
import { exitOf, type Finding } from "../core/finding.ts";
import type { Action } from "../core/operation.ts";
import { detailsOf, summaryOf } from "../core/operation-text.ts";
import { actionOn, isPending, makePlan, type PlannedChange } from "../core/plan.ts";
import type { ChangeObstacle } from "../core/resource.ts";
import { unknownBecause } from "../core/run-checks.ts";
import { throwUnlessTimeIsUp } from "../core/time-is-up.ts";
import { regionResources } from "./resources.ts";
import type { World } from "./world.ts";

/** A planned change, with what people and scripts read of it. Only its operations are compared. */
export interface RegionChange extends PlannedChange {
  readonly action: Action | ChangeObstacle["kind"];
  readonly summary: string;
  readonly details: readonly string[];
}

/** What one region lacks. */
export interface RegionPlanEntry {
  readonly name: string;
  readonly awsRegion: string;
  readonly accountId: string;
  /** Hash of the region as gennet.yaml describes it. */
  readonly spec: string;
  readonly changes: readonly RegionChange[];
}

export const planVersion = 2;

export interface RegionPlan {
  readonly kind: "RegionPlan";
  /** Of the form of plan files. */
  readonly planVersion: typeof planVersion;
  readonly regions: readonly RegionPlanEntry[];
  /** Regions that could not be read, and why. */
  readonly findings: readonly Finding[];
}

/**
 * Plans every region, all at once, after the credentials of each were verified to be of its account. A region that is
 * unreachable or does not answer in time takes nothing from the others; anything else throws, and so does a platform
 * of which no region could be read.
 */
export async function planRegions(worlds: readonly World[], signal: AbortSignal): Promise<RegionPlan> {
  const ended = await Promise.allSettled(worlds.map((world) => planRegion(world, signal)));
  const regions = ended.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const failures = ended.flatMap((each, index) =>
    each.status === "rejected" ? [{ region: worlds[index]?.region.name ?? "", reason: each.reason as unknown }] : [],
  );
  throwUnlessTimeIsUp(signal);
  const isSilent = ({ reason }: Failure): boolean => isUnanswered(reason) || signal.aborted;
  const [first, ...others] = failures.toSorted((one, other) => Number(isSilent(one)) - Number(isSilent(other)));
  if (first !== undefined && (regions.length === 0 || !isSilent(first))) throw together(first, others);
  const findings = failures.map(({ region, reason }): Finding => {
    const why = unknownBecause(signal.aborted && !isUnanswered(reason) ? signal.reason : reason);
    return { id: "region/plan", region, subject: `region ${region}`, ...why };
  });
  return { kind: "RegionPlan", planVersion, regions, findings };
}

/** 3 where something is blocked, 8 where something is pending, and what unread regions say. */
export function exitOfPlan({ regions, findings }: RegionPlan): Exit {
  const changes = regions.flatMap((region) => region.changes);
  const blocked = changes.some(({ action }) => action === "blocked") ? exit.unhealthy : exit.ok;
  const pending = changes.some(isPending) ? exit.pending : exit.ok;
  return combine([blocked, pending, exitOf(findings, false)]);
}

export function pendingIn(plan: RegionPlan): number {
  return plan.regions.reduce((sum, region) => sum + region.changes.filter(isPending).length, 0);
}

async function planRegion(world: World, signal: AbortSignal): Promise<RegionPlanEntry> {
  const { name, awsRegion, accountId } = world.region;
  await world.aws.verifyAccount(signal);
  const spec = { platform: world.platform, region: world.region };
  const plan = await makePlan(regionResources(world.platform), world, spec, signal);
  return { name, awsRegion, accountId, spec: plan.spec, changes: plan.changes.map(described) };
}

export function described(change: PlannedChange): RegionChange {
  return { ...change, action: actionOn(change), summary: summaryOf(change), details: detailsOf(change) };
}

interface Failure {
  readonly region: string;
  readonly reason: unknown;
}

function isUnanswered(reason: unknown): boolean {
  return reason instanceof AppError && (reason.exit === exit.unreachable || reason.exit === exit.timedOut);
}

/** One error for several regions; a bug is thrown as it is. */
function together({ reason }: Failure, others: readonly Failure[]): unknown {
  if (!(reason instanceof AppError) || others.length === 0) return reason;
  const also = others.map(
    ({ region, reason: why }) => `Also in ${region}: ${why instanceof Error ? why.message : String(why)}`,
  );
  return new AppError(reason.code, reason.message, { next: [...reason.next, ...also], cause: reason });
}
