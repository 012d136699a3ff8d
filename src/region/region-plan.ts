import { AppError } from "../core/error.ts";
import { isPending, makePlan, type Plan } from "../core/plan.ts";
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
}

/** Plans every region, all at once. Throws where one could not be read, when the others have been. */
export async function planRegions(worlds: readonly World[], signal: AbortSignal): Promise<RegionPlan> {
  const regions = await inEach(worlds, async (world) => {
    const { name, awsRegion, accountId } = world.region;
    const spec = { platform: world.platform, region: world.region };
    const plan = await makePlan(regionSteps(world.platform), world, spec, signal);
    return { name, awsRegion, accountId, ...plan };
  });
  return { kind: "RegionPlan", regions };
}

/** Refuses every region whose credentials are of another account, or of none. */
export async function verifyAccounts(worlds: readonly World[], signal: AbortSignal): Promise<void> {
  await inEach(worlds, (world) => world.aws.verifyAccount(signal));
}

export function pendingIn(plan: RegionPlan): number {
  return plan.regions.reduce((sum, region) => sum + region.changes.filter(isPending).length, 0);
}

async function inEach<T>(worlds: readonly World[], work: (world: World) => Promise<T>): Promise<T[]> {
  const ended = await Promise.allSettled(worlds.map(work));
  const failures = ended.flatMap((each, index) =>
    each.status === "rejected" ? [{ region: worlds[index]?.region.name, reason: each.reason as unknown }] : [],
  );
  const [first, ...others] = failures;
  if (first === undefined) return ended.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  if (!(first.reason instanceof AppError) || others.length === 0) throw first.reason;
  const also = others.map(
    ({ region, reason }) => `Also in ${region}: ${reason instanceof Error ? reason.message : String(reason)}`,
  );
  throw new AppError(first.reason.code, first.reason.message, {
    next: [...first.reason.next, ...also],
    cause: first.reason,
  });
}
