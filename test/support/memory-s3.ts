import { createHash } from "node:crypto";
import type { Bucket, S3, StoredObject } from "../../src/aws/s3/port.ts";
import type { AwsChanges } from "./aws-changes.ts";
import { demand, demandTags, refuse } from "./aws-rules.ts";

export interface MemoryBucket {
  settings: Omit<Bucket, "name">;
  readonly objects: Map<string, StoredObject>;
}

/** By name. Several processes that use the same buckets are several `memoryS3`, each with its own changes. */
export type MemoryBuckets = Map<string, MemoryBucket>;

/** What S3 does to a new bucket by itself: https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html */
const fresh = { encryption: "AES256", publicAccessBlocked: true, tlsOnly: false, versionDays: 0, lockDays: 0 };

/**
 * In-memory S3, as its API reference describes it: https://docs.aws.amazon.com/AmazonS3/latest/API. A deleted object of
 * a versioned bucket is behind a delete marker, which to conditions is the same as none.
 */
export function memoryS3(buckets: MemoryBuckets, { change }: Pick<AwsChanges, "change">): S3 {
  const known = (action: string, name: string): MemoryBucket =>
    buckets.get(name) ?? refuse(`S3 ${action}`, "NoSuchBucket", "The specified bucket does not exist");
  return {
    bucket: async (name, signal) => {
      signal.throwIfAborted();
      const found = buckets.get(name);
      return found && { name, ...found.settings };
    },
    createBucket: ({ name, objectLock, tags }, signal) => {
      signal.throwIfAborted();
      return change(() => {
        const fits = /^(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name);
        demand(fits, "S3 CreateBucket", "InvalidBucketName", "The specified bucket is not valid.");
        demandTags("S3 CreateBucket", tags);
        if (buckets.has(name)) return;
        buckets.set(name, { settings: { ...fresh, versioned: objectLock, tags }, objects: new Map() });
      });
    },
    updateBucket: (name, changes, signal) => {
      signal.throwIfAborted();
      return change(() => {
        const bucket = known("PutBucketVersioning", name);
        const settings = { ...bucket.settings, ...changes };
        const locks = settings.lockDays === 0 || settings.versioned;
        const state = "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration";
        demand(locks, "S3 PutObjectLockConfiguration", "InvalidBucketState", state);
        bucket.settings = settings;
      });
    },
    object: async (name, key, signal) => {
      signal.throwIfAborted();
      return known("GetObject", name).objects.get(key);
    },
    keys: async (name, prefix, after, signal) => {
      signal.throwIfAborted();
      const keys = [...known("ListObjectsV2", name).objects.keys()].toSorted();
      return keys.filter((key) => key.startsWith(prefix) && (after === undefined || key > after));
    },
    createObject: async (name, key, text, condition, signal) => {
      signal.throwIfAborted();
      const { objects } = known("PutObject", name);
      const holds = (): boolean => objects.get(key)?.etag === (condition === "absent" ? undefined : condition.etag);
      // A refused write changes nothing, so it is no change that could fail.
      if (!holds()) return undefined;
      return change(() => {
        const etag = `"${createHash("md5").update(text).digest("hex")}"`;
        objects.set(key, { etag, text });
        return etag;
      });
    },
    deleteObject: async (name, key, etag, signal) => {
      signal.throwIfAborted();
      const { objects } = known("DeleteObject", name);
      if (objects.get(key)?.etag !== etag) return false;
      return change(() => objects.delete(key));
    },
  };
}
