import type { Bucket } from "../../aws/s3/port.ts";
import { readyIfThere } from "../../core/resource.ts";
import { keptOnPurpose } from "../kept.ts";
import { bucketChanges, bucketDifference, bucketSettings } from "../state/bucket-fields.ts";
import { auditBucketName } from "../state/bucket-name.ts";
import { notAdopting, ownedByPlatform, platformTags, type RegionResource, type RegionWorld } from "../world.ts";

/** For how many days a record can be neither changed nor deleted. */
const lockDays = 365;

/**
 * The bucket with a copy of the journal of every run that has ended. It is apart from the state buckets, because a
 * lease in a bucket with Object Lock could not be deleted. Outputs its name.
 */
export const auditBucket: RegionResource<Bucket | undefined, string> = {
  id: "audit-bucket",
  title: "Audit bucket",
  scope: "platform",
  needs: [],
  async read({ world, signal }) {
    const found = await (await world.aws.service("s3")).bucket(nameIn(world), signal);
    return found && ownedByPlatform(found, `bucket "${found.name}"`, notAdopting(world));
  },
  diff: (actual, { world }) => bucketDifference(nameIn(world), actual, desired),
  async apply(actual, { world, signal }) {
    const s3 = await world.aws.service("s3");
    const name = nameIn(world);
    if (actual === undefined) await s3.createBucket({ name, objectLock: true, tags: platformTags(world) }, signal);
    await s3.updateBucket(name, bucketChanges(actual, desired), signal);
  },
  ready: readyIfThere,
  output: (actual) => actual?.name,
  removal: keptOnPurpose((actual) =>
    actual === undefined ? [] : [`bucket ${actual.name}, whose records are locked for ${actual.lockDays} days`],
  ),
};

const desired = bucketSettings({ encryption: "AES256", lockDays });

function nameIn({ platform, region }: RegionWorld): string {
  return auditBucketName(platform, region);
}
