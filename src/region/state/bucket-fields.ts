import type { Bucket, BucketChanges } from "../../aws/s3/port.ts";
import { differenceOf, type Fields } from "../../core/compare-fields.ts";
import type { Difference } from "../../core/resource.ts";

type Setting = keyof BucketChanges;

/** The name of each setting in a plan. */
const fieldNames: Readonly<Record<Setting, string>> = {
  versioned: "versioning",
  encryption: "encryption",
  publicAccessBlocked: "public access blocked",
  tlsOnly: "TLS only",
  versionDays: "days of old versions",
  lockDays: "days of Object Lock",
};

/** Returns what every bucket of gennet has, with the given settings. */
export function bucketSettings(
  settings: Required<Pick<BucketChanges, "encryption">> & Pick<BucketChanges, "versionDays" | "lockDays">,
): BucketChanges {
  return { versioned: true, publicAccessBlocked: true, tlsOnly: true, ...settings };
}

export function bucketDifference(name: string, actual: Bucket | undefined, desired: BucketChanges): Difference {
  const settings = Object.keys(desired) as Setting[];
  const fieldsOf = (source: BucketChanges | Bucket): Fields =>
    Object.fromEntries(settings.flatMap((key) => (source[key] === undefined ? [] : [[fieldNames[key], source[key]]])));
  return differenceOf(`bucket ${name}`, actual && fieldsOf(actual), fieldsOf(desired));
}

/** Returns the settings that are not as desired. */
export function bucketChanges(actual: Bucket | undefined, desired: BucketChanges): BucketChanges {
  const settings = Object.keys(desired) as Setting[];
  return Object.fromEntries(settings.filter((key) => actual?.[key] !== desired[key]).map((key) => [key, desired[key]]));
}
