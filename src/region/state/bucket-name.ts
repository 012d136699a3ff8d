import { createHash } from "node:crypto";
import type { Platform, Region } from "../../platform/schema.ts";

const longest = 63;
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const reserved = /^(xn--|sthree-|amzn-s3-demo-)/;

/** Returns the name of a region's state bucket: `<platform>-<region>-<account>-state`. */
export function stateBucketName(platform: Pick<Platform, "name">, region: Pick<Region, "name" | "accountId">): string {
  return bucketName(`${platform.name}-${region.name}`, `${region.accountId}-state`);
}

/** Returns the name of the platform's audit bucket: `<platform>-<account>-audit`. */
export function auditBucketName(platform: Pick<Platform, "name">, region: Pick<Region, "accountId">): string {
  return bucketName(platform.name, `${region.accountId}-audit`);
}

/** A first part that is too long, or that S3 reserves, is cut and gets a hash. */
function bucketName(first: string, last: string): string {
  const full = `${first}-${last}`;
  if (full.length <= longest && !reserved.test(full)) return full;
  const hash = createHash("sha256").update(first).digest("hex").slice(0, 8);
  const room = longest - last.length - hash.length - 2;
  const start = reserved.test(full) ? `gennet-${first}` : first;
  return `${start.slice(0, room)}-${hash}-${last}`;
}
