import type { S3, WriteCondition } from "../../aws/s3/port.ts";
import type { Clock } from "../../core/clock.ts";
import { AppError } from "../../core/error.ts";
import { gotNoAnswer } from "../../core/transient.ts";

/** The calls that journals and leases need. */
export type ObjectStore = Pick<S3, "object" | "keys" | "createObject" | "deleteObject">;

/** A bucket that keeps journals and leases. */
export interface StateBucket {
  readonly s3: ObjectStore;
  readonly bucket: string;
  readonly clock: Clock;
}

const pauseMs = 1_000;

/**
 * Writes an object on a condition, and returns its ETag, or undefined if the condition does not hold because of another
 * writer. A call whose answer was lost is repeated, and finds its own object: so every text must belong to one writer.
 * Throws the last error if there was no answer to `attempts` calls.
 */
export async function write(
  { s3, bucket, clock }: StateBucket,
  key: string,
  text: string,
  condition: WriteCondition,
  { attempts, signal }: { readonly attempts: number; readonly signal: AbortSignal },
): Promise<string | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      const written = await s3.createObject(bucket, key, text, condition, signal);
      if (written !== undefined) return written;
      const there = await s3.object(bucket, key, signal);
      return there?.text === text ? there.etag : undefined;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AppError) || !gotNoAnswer(error) || attempt === attempts) throw error;
      await clock.sleep(pauseMs, signal);
    }
  }
}
