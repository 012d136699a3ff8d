import type { PassingRefusal } from "../passing-refusal.ts";
import type { Session } from "../session.ts";

/**
 * S3 has no such thing; some of its names differ for each thing.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
const absent =
  /^(NoSuchKey|NoSuchTagSet|NoSuchBucketPolicy|NoSuchLifecycleConfiguration|NoSuchPublicAccessBlockConfiguration|ServerSideEncryptionConfigurationNotFoundError|ObjectLockConfigurationNotFoundError)$/;

/** Makes an error undefined if it reports that a thing in an existing bucket does not exist. */
export function unlessAbsent(error: unknown): undefined {
  if (!(error instanceof Error) || !absent.test(error.name)) throw error;
}

/** Makes an error undefined if it reports that there is no bucket of that name: HEAD has no other name for it. */
export function unlessNoBucket(error: unknown): undefined {
  if (!(error instanceof Error) || !/^(NotFound|NoSuchBucket)$/.test(error.name)) throw error;
}

/**
 * Makes an error undefined if it reports that the condition of a write does not hold. For If-Match, "no such key" is one.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function unlessRefused(error: unknown): undefined {
  if (!(error instanceof Error) || !/^(PreconditionFailed|NoSuchKey)$/.test(error.name)) throw error;
}

/**
 * Another call about the same object or bucket is in progress, or a bucket that was just created is not known everywhere
 * yet.
 */
export function inConflict({ fresh }: Pick<Session, "fresh">, bucket: string): PassingRefusal {
  return {
    is: ({ name }) =>
      /^(ConditionalRequestConflict|OperationAborted)$/.test(name) || (name === "NoSuchBucket" && fresh.areIn(bucket)),
    patienceMs: 120_000,
    pauseMs: 500,
  };
}
