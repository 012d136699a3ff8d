import type { S3Client } from "@aws-sdk/client-s3";
import type { Session } from "../session.ts";

type Send<T> = (options: { readonly abortSignal: AbortSignal }) => Promise<T>;

/** Calls of S3 about one bucket. */
export interface S3Calls {
  readonly client: S3Client;
  readonly session: Session;
  readonly call: <T>(bucket: string, signal: AbortSignal, send: Send<T>) => Promise<T>;
  /** Names the bucket, and the account that must own it. */
  readonly at: (bucket: string) => { readonly Bucket: string; readonly ExpectedBucketOwner: string };
}
