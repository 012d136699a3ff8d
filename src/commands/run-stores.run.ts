import type { Context } from "../context.ts";
import { AppError } from "../core/error.ts";
import type { JournalStore } from "../core/journal.ts";
import type { RunFolders } from "../host/run-folders.ts";
import type { Platform, Region } from "../platform/schema.ts";
import { findStateBucket } from "../region/resources/state-bucket.ts";
import { bucketJournals } from "../region/state/bucket-journals.ts";
import { bucketRunFolders } from "../region/state/bucket-run-folders.ts";
import type { StateBucket } from "../region/state/state-object.ts";

/** Where runs keep their journals and files: in the state bucket of a region, or on this machine. */
export interface RunStore {
  /** `what` is what the leases of its journals are for, in messages. */
  journals(what: string): JournalStore;
  readonly folders: RunFolders;
}

/**
 * Returns where runs of a platform can be found; new ones go to the first. With `state: bucket`, these are the state
 * buckets of its regions, beginning with the primary one, and this machine. A region that does not answer is left out:
 * runbooks are for such days.
 */
export async function runStores(context: Context): Promise<readonly [RunStore, ...RunStore[]]> {
  const platform = await platformIfAny(context);
  const journals = await context.journals();
  const folders = await context.runs();
  const local: RunStore = { journals: () => journals, folders };
  if (platform?.state !== "bucket") return [local];
  const regions = platform.regions.toSorted((one, other) => Number(other.primary) - Number(one.primary));
  const found = await Promise.all(
    regions.map(async (region) =>
      placeIn(region, platform, context).catch((error: unknown) => {
        context.signal.throwIfAborted();
        if (!(error instanceof AppError)) throw error;
        warn(`Runs in the state bucket of region ${region.name} cannot be read or written. ${error.message}`, context);
        return undefined;
      }),
    ),
  );
  const [first, ...others] = found
    .filter((place) => place !== undefined)
    .map((place) => ({
      journals: (what: string) => journalsAt(place, what, context),
      // A step that was interrupted still keeps its output.
      folders: bucketRunFolders(folders, place, new AbortController().signal),
    }));
  if (first !== undefined) return [first, ...others, local];
  warn("No state bucket of the platform can be used, so the journal is only on this machine.", context);
  return [local];
}

/** Returns where journals are kept that belong to one region. `what` is what their leases are for, in messages. */
export async function journalsIn(region: Region, what: string, context: Context): Promise<JournalStore> {
  const platform = await context.platform();
  if (platform.state === "local") return context.journals();
  const place = await placeIn(region, platform, context);
  if (place !== undefined) return journalsAt(place, what, context);
  warn(`Region ${region.name} has no state bucket yet, so the journal is only on this machine.`, context);
  return context.journals();
}

/** Returns undefined if the region has no state bucket. */
async function placeIn(region: Region, platform: Platform, context: Context): Promise<StateBucket | undefined> {
  const { host, signal } = context;
  const aws = await context.aws(region);
  await aws.verifyAccount(signal);
  const cluster = () => context.cluster({ name: region.name, region });
  const bucket = await findStateBucket({ platform, region, aws, cluster }, signal);
  return bucket && { s3: await aws.service("s3"), bucket: bucket.name, clock: host.clock };
}

function journalsAt(place: StateBucket, what: string, { host, emit }: Context): JournalStore {
  return bucketJournals({ ...place, holder: { user: host.user(), process: process.pid }, what, emit });
}

/** Runbooks without a region need no gennet.yaml, and neither does a kubeconfig context. */
async function platformIfAny(context: Context): Promise<Platform | undefined> {
  try {
    return await context.platform();
  } catch (error) {
    if (error instanceof AppError && error.code === "CONFIG_NOT_FOUND") return undefined;
    throw error;
  }
}

function warn(text: string, { emit }: Pick<Context, "emit">): void {
  emit({ type: "note", level: "warn", text });
}
