import type { Tags } from "../tags.ts";

/** How a bucket is set up. */
export interface BucketSettings {
  readonly versioned: boolean;
  /** `AES256`, or the ARN of a KMS key. */
  readonly encryption: string;
  readonly publicAccessBlocked: boolean;
  /** Whether its policy denies requests without TLS. */
  readonly tlsOnly: boolean;
  /** After how many days a version that is no longer current is deleted; 0 for never. */
  readonly versionDays: number;
  /** For how many days a new object can be neither deleted nor changed; 0 for a bucket without Object Lock. */
  readonly lockDays: number;
}

/** What is switched on or set. Nothing is ever switched off again. */
export interface BucketChanges extends Partial<Pick<BucketSettings, "encryption" | "versionDays" | "lockDays">> {
  readonly versioned?: true;
  readonly publicAccessBlocked?: true;
  readonly tlsOnly?: true;
}

export interface Bucket extends BucketSettings {
  readonly name: string;
  readonly tags: Tags;
}

export interface NewBucket {
  readonly name: string;
  /** Object Lock is switched on with the bucket. */
  readonly objectLock: boolean;
  readonly tags: Tags;
}

export interface StoredObject {
  readonly etag: string;
  readonly text: string;
}

/** Writes only if the key has no object, or if its object still has this ETag. */
export type WriteCondition = "absent" | { readonly etag: string };

/**
 * S3 in one AWS region. Every call names the account that must own the bucket, because bucket names are global and can
 * be guessed. Reads are strongly consistent: https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html
 */
export interface S3 {
  /** Returns a bucket with its settings, or undefined if no account has a bucket of that name. */
  bucket(name: string, signal: AbortSignal): Promise<Bucket | undefined>;
  /** Creates a bucket with its tags in one call. A bucket that the account already owns is left as it is. */
  createBucket(bucket: NewBucket, signal: AbortSignal): Promise<void>;
  /** Makes the given changes only. Other statements of the bucket's policy, and other lifecycle rules, stay. */
  updateBucket(name: string, changes: BucketChanges, signal: AbortSignal): Promise<void>;
  object(bucket: string, key: string, signal: AbortSignal): Promise<StoredObject | undefined>;
  /** Returns all keys with this prefix, sorted; only those after `after` if it is given. */
  keys(bucket: string, prefix: string, after: string | undefined, signal: AbortSignal): Promise<readonly string[]>;
  /**
   * Returns the ETag of the new object, or undefined if the condition does not hold. If an answer was lost, it may be
   * the object of this very call that makes the condition fail.
   */
  createObject(
    bucket: string,
    key: string,
    text: string,
    condition: WriteCondition,
    signal: AbortSignal,
  ): Promise<string | undefined>;
  /** Deletes an object if it still has this ETag. Returns whether it did. */
  deleteObject(bucket: string, key: string, etag: string, signal: AbortSignal): Promise<boolean>;
}
