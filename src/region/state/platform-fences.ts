import { AppError } from "../../core/error.ts";
import { gotNoAnswer } from "../../core/transient.ts";
import { findStateBucket } from "../resources/state-bucket.ts";
import type { RegionWorld } from "../world.ts";
import { fenced, fencesIn, type FoundFence } from "./fence.ts";

/** Returns the fences in the state buckets of all regions that answer. With `state: local`, there are none. */
export async function platformFences(
  worlds: readonly RegionWorld[],
  signal: AbortSignal,
): Promise<readonly FoundFence[]> {
  const found = await Promise.all(
    worlds
      .filter(({ platform }) => platform.state === "bucket")
      .map(async (world) => {
        try {
          await world.aws.verifyAccount(signal);
          const bucket = await findStateBucket(world, signal);
          if (bucket === undefined) return [];
          return await fencesIn({ s3: await world.aws.service("s3"), bucket: bucket.name }, signal);
        } catch (error) {
          signal.throwIfAborted();
          // The region that is fenced may be the one that is down.
          if (!(error instanceof AppError) || !gotNoAnswer(error)) throw error;
          return [];
        }
      }),
  );
  return found.flat();
}

/** Throws REGION_FENCED if one of the regions is fenced. `worlds` are all regions of the platform. */
export async function assertUnfenced(
  worlds: readonly RegionWorld[],
  regions: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const fences = await platformFences(worlds, signal);
  const own = fences.find(({ region }) => regions.includes(region));
  if (own !== undefined) throw fenced(own);
}
