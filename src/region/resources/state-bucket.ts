import type { Bucket } from "../../aws/s3/port.ts";
import { readyIfThere } from "../../core/resource.ts";
import { keptOnPurpose } from "../kept.ts";
import { bucketChanges, bucketSettings, bucketDifference } from "../state/bucket-fields.ts";
import { stateBucketName } from "../state/bucket-name.ts";
import { notAdopting, owned, ownTags, type RegionResource, type RegionWorld } from "../world.ts";

/** For how many days an old version, such as that of a deleted lease, is kept. */
const versionDays = 90;

/**
 * The bucket with the journals and the lease of a region. The run that finds none creates it before it changes anything
 * else, so here it is usually only set up. Outputs its name.
 */
export const stateBucket: RegionResource<Bucket | undefined, string> = {
  id: "state-bucket",
  title: "State bucket",
  needs: [],
  read: async ({ world, signal }) => findStateBucket(world, signal),
  diff: (actual, { world }) => bucketDifference(nameIn(world), actual, desired(world)),
  async apply(actual, { world, signal }) {
    const s3 = await world.aws.service("s3");
    if (actual === undefined) await createStateBucket(world, signal);
    await s3.updateBucket(nameIn(world), bucketChanges(actual, desired(world)), signal);
  },
  ready: readyIfThere,
  output: (actual) => actual?.name,
  // The run that removes a region has its lease in this bucket, and its journal is the evidence of what was removed.
  removal: keptOnPurpose((actual) =>
    actual === undefined
      ? []
      : [`bucket ${actual.name} with the journals of the region, and ${actual.versionDays} days of their versions`],
  ),
};

/** Returns the state bucket of a region if it exists. Throws REGION_NOT_MANAGED if it is not gennet's. */
export async function findStateBucket(world: RegionWorld, signal: AbortSignal): Promise<Bucket | undefined> {
  const found = await (await world.aws.service("s3")).bucket(nameIn(world), signal);
  return found && owned(found, `bucket "${found.name}"`, notAdopting(world));
}

export async function createStateBucket(world: RegionWorld, signal: AbortSignal): Promise<void> {
  const bucket = { name: nameIn(world), objectLock: false, tags: ownTags(world) };
  await (await world.aws.service("s3")).createBucket(bucket, signal);
}

function nameIn({ platform, region }: RegionWorld): string {
  return stateBucketName(platform, region);
}

function desired({ region }: RegionWorld): ReturnType<typeof bucketSettings> {
  return bucketSettings({ encryption: region.encryptionKey ?? "AES256", versionDays });
}
