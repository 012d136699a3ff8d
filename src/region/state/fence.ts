import { AppError } from "../../core/error.ts";
import { shell } from "../../core/shell-words.ts";
import { type StateBucket, write } from "./state-object.ts";

/**
 * What keeps runs out of a region whose lease an ungraceful failover could not take: an object `fences/REGION` in the
 * state bucket of the region in which the failover keeps its journal.
 */
export interface Fence {
  /** The region that is fenced. */
  readonly region: string;
  /** Who ran the failover: `ana@laptop`. */
  readonly user: string;
  /** The id of the run. */
  readonly failover: string;
  /** The journal with that run, in the same bucket. */
  readonly journal: string;
  /** RFC 3339, UTC. */
  readonly since: string;
}

/** A fence as it was found. One whose text is damaged still fences. */
export interface FoundFence extends Partial<Omit<Fence, "region">>, Pick<Fence, "region"> {
  /** The bucket that it is in. */
  readonly bucket: string;
  readonly etag: string;
}

const prefix = "fences/";
const attempts = 5;

/** Leaves a fence. Throws REGION_FENCED if another failover has left one: it is not over. */
export async function leaveFence(place: StateBucket, fence: Fence, signal: AbortSignal): Promise<void> {
  const text = `${JSON.stringify(fence)}\n`;
  const left = await write(place, prefix + fence.region, text, "absent", { attempts, signal });
  if (left !== undefined) return;
  const there = (await fencesIn(place, signal)).find(({ region }) => region === fence.region);
  // One that was lifted in between is not in the way.
  return there === undefined ? leaveFence(place, fence, signal) : Promise.reject(fenced(there));
}

/** Lifts a fence, unless it was replaced since it was found. Returns whether it is gone. */
export async function liftFence({ s3 }: StateBucket, fence: FoundFence, signal: AbortSignal): Promise<boolean> {
  const key = prefix + fence.region;
  if (await s3.deleteObject(fence.bucket, key, fence.etag, signal)) return true;
  return (await s3.object(fence.bucket, key, signal)) === undefined;
}

export async function fencesIn(
  { s3, bucket }: Pick<StateBucket, "s3" | "bucket">,
  signal: AbortSignal,
): Promise<readonly FoundFence[]> {
  const keys = await s3.keys(bucket, prefix, undefined, signal);
  const found = await Promise.all(
    keys.map(async (key) => {
      const object = await s3.object(bucket, key, signal);
      return object && { ...parsed(object.text), region: key.slice(prefix.length), bucket, etag: object.etag };
    }),
  );
  return found.filter((fence) => fence !== undefined);
}

/** Refuses a run of a region that is fenced. */
export function fenced(fence: FoundFence): AppError {
  return new AppError("REGION_FENCED", `Region ${fence.region} is fenced: ${fenceText(fence)}.`, {
    next: [...afterFence(fence), "gennet explain REGION_FENCED"],
  });
}

/** Returns who failed over without the region, and when. */
export function fenceText({ user = "an unknown user", failover, since }: FoundFence): string {
  const run = failover === undefined ? "" : `, run ${failover}`;
  return `${user} failed over without it${since === undefined ? "" : ` at ${since}`}${run}`;
}

/** Returns what ends a fence: post-recovery, and then its removal. */
export function afterFence({ region, bucket, journal }: FoundFence): readonly string[] {
  const of = journal === undefined ? "" : ` (journal ${journal} in ${bucket})`;
  return [
    `Recover region ${region}: compare it with what the failover changed${of}.`,
    shell`aws s3api delete-object --bucket ${bucket} --key ${prefix + region}`.concat("  # then lift the fence"),
  ];
}

function parsed(text: string): Partial<Fence> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
