import type {
  BucketLifecycleConfiguration,
  GetBucketEncryptionCommandOutput,
  LifecycleRule,
  ObjectLockConfiguration,
  PublicAccessBlockConfiguration,
  ServerSideEncryptionConfiguration,
} from "@aws-sdk/client-s3";
import { partitionOf } from "../../core/arn.ts";

/** Identifies the statement and the rule of gennet among those of others. */
const ownId = "gennet";

interface Policy {
  readonly Version?: string;
  readonly Statement?: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Returns a policy with the statement that denies requests without TLS, and the other statements of the old one.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
 */
export function tlsOnlyPolicy(bucket: string, awsRegion: string, before: string | undefined): string {
  const others = statementsOf(before).filter(({ Sid }) => Sid !== ownId);
  return JSON.stringify({ Version: "2012-10-17", Statement: [...others, tlsStatement(bucket, awsRegion)] });
}

export function isTlsOnly(bucket: string, awsRegion: string, policy: string | undefined): boolean {
  const wanted = JSON.stringify(inOrder(tlsStatement(bucket, awsRegion)));
  return statementsOf(policy).some((statement) => JSON.stringify(inOrder(statement)) === wanted);
}

function tlsStatement(bucket: string, awsRegion: string): Readonly<Record<string, unknown>> {
  const arn = `arn:${partitionOf(awsRegion)}:s3:::${bucket}`;
  return {
    Sid: ownId,
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [arn, `${arn}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}

function statementsOf(policy: string | undefined): readonly Readonly<Record<string, unknown>>[] {
  return policy === undefined ? [] : ((JSON.parse(policy) as Policy).Statement ?? []);
}

/** S3 may return the members of a policy in another order. */
function inOrder(statement: Readonly<Record<string, unknown>>): unknown {
  return Object.entries(statement).toSorted(([one], [other]) => (one < other ? -1 : 1));
}

export function toEncryption(encryption: string): ServerSideEncryptionConfiguration {
  const rule =
    encryption === "AES256"
      ? { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" as const } }
      : {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" as const, KMSMasterKeyID: encryption },
          BucketKeyEnabled: true,
        };
  return { Rules: [rule] };
}

/** New buckets are encrypted with keys of S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html */
export function fromEncryption(answer: GetBucketEncryptionCommandOutput | undefined): string {
  const applied = answer?.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault;
  return applied?.KMSMasterKeyID ?? applied?.SSEAlgorithm ?? "AES256";
}

export const everythingBlocked: PublicAccessBlockConfiguration = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

export function isBlocked(block: PublicAccessBlockConfiguration | undefined): boolean {
  const keys = Object.keys(everythingBlocked) as (keyof PublicAccessBlockConfiguration)[];
  return keys.every((key) => block?.[key] === true);
}

/** Returns the rules of others, and the one that deletes old versions and their markers. */
export function toLifecycle(days: number, before: readonly LifecycleRule[]): BucketLifecycleConfiguration {
  const others = before.filter(({ ID }) => ID !== ownId);
  const own: LifecycleRule = {
    ID: ownId,
    Status: "Enabled",
    Filter: { Prefix: "" },
    NoncurrentVersionExpiration: { NoncurrentDays: days },
    Expiration: { ExpiredObjectDeleteMarker: true },
  };
  return { Rules: [...others, own] };
}

export function versionDaysOf(rules: readonly LifecycleRule[]): number {
  const own = rules.find(({ ID, Status }) => ID === ownId && Status === "Enabled");
  return own?.NoncurrentVersionExpiration?.NoncurrentDays ?? 0;
}

/** In governance mode, s3:BypassGovernanceRetention still allows a deletion, so that a bucket can be given up. */
export function toObjectLock(days: number): ObjectLockConfiguration {
  return { ObjectLockEnabled: "Enabled", Rule: { DefaultRetention: { Mode: "GOVERNANCE", Days: days } } };
}

export function lockDaysOf(lock: ObjectLockConfiguration | undefined): number {
  const retention = lock?.ObjectLockEnabled === "Enabled" ? lock.Rule?.DefaultRetention : undefined;
  return retention?.Days ?? (retention?.Years ?? 0) * 365;
}
