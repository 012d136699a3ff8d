import { S3Client } from "@aws-sdk/client-s3";
import { callsTo } from "../calls.ts";
import { type Connected, nameErrors, type Session } from "../session.ts";
import { bucketCalls } from "./buckets.ts";
import type { S3Calls } from "./calls.ts";
import { objectCalls } from "./objects.ts";
import type { S3 } from "./port.ts";
import { inConflict } from "./refusals.ts";
import { oncePassed } from "../passing-refusal.ts";

/**
 * Connects to S3 through its SDK. Writes of objects are conditional, and everything else can be repeated, so every call
 * is retried.
 */
export function createS3(session: Session): Connected<S3> {
  // The audit bucket stays in the region that was primary when it was created.
  const client = new S3Client({ ...session.config(), followRegionRedirects: true });
  nameErrors(client.middlewareStack);
  const { call } = callsTo(session);
  const calls: S3Calls = {
    client,
    session,
    call: (bucket, signal, send) =>
      call(signal, (options) => oncePassed(session, signal, inConflict(session, bucket), () => send(options))),
    at: (bucket) => ({ Bucket: bucket, ExpectedBucketOwner: session.target.accountId }),
  };
  return { port: { ...bucketCalls(calls), ...objectCalls(calls) }, close: () => client.destroy() };
}
