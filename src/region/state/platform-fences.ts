import { AppError } from "../../core/error.ts";
import { findStateBucket } from "../resources/state-bucket.ts";
import type { RegionWorld } from "../world.ts";
import { fenced, fencesIn, type FoundFence } from "./fence.ts";

/** The fences of a platform. */
export interface PlatformFences {
  readonly fences: readonly FoundFence[];
  /** Why the bucket of a region could not be read: the region is down, or belongs to an account of others. */
  readonly unread: ReadonlyMap<RegionWorld, AppError>;
}

/** Returns the fences in the state buckets of all regions that can be read. With `state: local`, there are none. */
export async function platformFences(worlds: readonly RegionWorld[], signal: AbortSignal): Promise<PlatformFences> {
  const unread = new Map<RegionWorld, AppError>();
  const found = await Promise.all(
    worlds
      .filter(({ platform }) => platform.state === "bucket")
      .map(async (world) => {
        try {
          await world.aws.verifyAccount(signal);
          const bucket = await findStateBucket(world, signal);
          return bucket && (await fencesIn({ s3: await world.aws.service("s3"), bucket: bucket.name }, signal));
        } catch (error) {
          signal.throwIfAborted();
          if (!(error instanceof AppError)) throw error;
          unread.set(world, error);
          return undefined;
        }
      }),
  );
  return { fences: found.flatMap((fences) => fences ?? []), unread };
}

/** Throws REGION_FENCED if one of the regions is fenced. Returns the regions that could not be read. */
export async function assertUnfenced(
  worlds: readonly RegionWorld[],
  regions: readonly string[],
  signal: AbortSignal,
): Promise<PlatformFences["unread"]> {
  const { fences, unread } = await platformFences(worlds, signal);
  const own = fences.find(({ region }) => regions.includes(region));
  if (own !== undefined) throw fenced(own);
  return unread;
}
