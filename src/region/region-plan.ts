import { AppError } from "../core/error.ts";
import { combine, exit, type Exit } from "../core/exit.ts";
import { exitOf, type Finding } from "../core/finding.ts";
import { isPending, makePlan, type Plan } from "../core/plan.ts";
import { unknownBecause } from "../core/run-checks.ts";
import { throwUnlessTimeIsUp } from "../core/time-is-up.ts";
import { regionSteps } from "./steps.ts";
import type { World } from "./world.ts";

/** What one region lacks. */
export interface RegionPlanEntry extends Plan {
  readonly name: string;
  readonly awsRegion: string;
  readonly accountId: string;
}

export interface RegionPlan {
  readonly kind: "RegionPlan";
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
  return { kind: "RegionPlan", regions, findings };
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
  return { name, awsRegion, accountId, ...(await makePlan(regionSteps(world.platform), world, spec, signal)) };
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
