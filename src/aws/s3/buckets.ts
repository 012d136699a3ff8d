import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  type LifecycleRule,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectLockConfigurationCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { fromTags, toTags } from "../tags.ts";
import type { S3Calls } from "./calls.ts";
import type { Bucket, S3 } from "./port.ts";
import { unlessAbsent, unlessNoBucket } from "./refusals.ts";
import {
  everythingBlocked,
  fromEncryption,
  isBlocked,
  isTlsOnly,
  lockDaysOf,
  tlsOnlyPolicy,
  toEncryption,
  toLifecycle,
  toObjectLock,
  versionDaysOf,
} from "./shapes.ts";

/** The region in which a bucket must be created without a location: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html */
const unlocated = "us-east-1";

type BucketCalls = Pick<S3, "bucket" | "createBucket" | "updateBucket">;

/** Returns the calls about buckets and their settings. */
export function bucketCalls({ client, session, call, at }: S3Calls): BucketCalls {
  const { awsRegion } = session.target;
  const policyOf = (name: string, signal: AbortSignal): Promise<string | undefined> =>
    call(name, signal, async (options) => {
      const answer = await client.send(new GetBucketPolicyCommand(at(name)), options).catch(unlessAbsent);
      return answer?.Policy;
    });
  const rulesOf = (name: string, signal: AbortSignal): Promise<readonly LifecycleRule[]> =>
    call(name, signal, async (options) => {
      const command = new GetBucketLifecycleConfigurationCommand(at(name));
      return (await client.send(command, options).catch(unlessAbsent))?.Rules ?? [];
    });

  return {
    async bucket(name, signal): Promise<Bucket | undefined> {
      const found = await call(name, signal, (options) =>
        client.send(new HeadBucketCommand(at(name)), options).catch(unlessNoBucket),
      );
      if (found === undefined) return undefined;
      const [versioning, encryption, access, policy, rules, lock, tags] = await Promise.all([
        call(name, signal, (options) => client.send(new GetBucketVersioningCommand(at(name)), options)),
        call(name, signal, (options) =>
          client.send(new GetBucketEncryptionCommand(at(name)), options).catch(unlessAbsent),
        ),
        call(name, signal, (options) =>
          client.send(new GetPublicAccessBlockCommand(at(name)), options).catch(unlessAbsent),
        ),
        policyOf(name, signal),
        rulesOf(name, signal),
        call(name, signal, (options) =>
          client.send(new GetObjectLockConfigurationCommand(at(name)), options).catch(unlessAbsent),
        ),
        call(name, signal, (options) =>
          client.send(new GetBucketTaggingCommand(at(name)), options).catch(unlessAbsent),
        ),
      ]);
      return {
        name,
        versioned: versioning.Status === "Enabled",
        encryption: fromEncryption(encryption),
        publicAccessBlocked: isBlocked(access?.PublicAccessBlockConfiguration),
        tlsOnly: isTlsOnly(name, awsRegion, policy),
        versionDays: versionDaysOf(rules),
        lockDays: lockDaysOf(lock?.ObjectLockConfiguration),
        tags: fromTags(tags?.TagSet),
      };
    },

    async createBucket({ name, objectLock, tags }, signal) {
      const location = awsRegion === unlocated ? {} : { LocationConstraint: awsRegion as BucketLocationConstraint };
      const command = new CreateBucketCommand({
        Bucket: name,
        ...(objectLock ? { ObjectLockEnabledForBucket: true } : {}),
        CreateBucketConfiguration: { ...location, Tags: toTags(tags) },
      });
      await call(name, signal, (options) =>
        client.send(command, options).catch((error: unknown) => {
          // A repeated call, or another process that creates the same bucket: its tags are compared by the reader.
          if (!(error instanceof Error) || error.name !== "BucketAlreadyOwnedByYou") throw error;
        }),
      );
      session.fresh.add(name);
    },

    async updateBucket(name, changes, signal) {
      const { versioned, encryption, publicAccessBlocked, tlsOnly, versionDays, lockDays } = changes;
      if (publicAccessBlocked === true) {
        const input = { ...at(name), PublicAccessBlockConfiguration: everythingBlocked };
        await call(name, signal, (options) => client.send(new PutPublicAccessBlockCommand(input), options));
      }
      if (encryption !== undefined) {
        const input = { ...at(name), ServerSideEncryptionConfiguration: toEncryption(encryption) };
        await call(name, signal, (options) => client.send(new PutBucketEncryptionCommand(input), options));
      }
      if (versioned === true) {
        const input = { ...at(name), VersioningConfiguration: { Status: "Enabled" as const } };
        await call(name, signal, (options) => client.send(new PutBucketVersioningCommand(input), options));
      }
      if (tlsOnly === true) {
        const input = { ...at(name), Policy: tlsOnlyPolicy(name, awsRegion, await policyOf(name, signal)) };
        await call(name, signal, (options) => client.send(new PutBucketPolicyCommand(input), options));
      }
      if (versionDays !== undefined) {
        const rules = await rulesOf(name, signal);
        const input = { ...at(name), LifecycleConfiguration: toLifecycle(versionDays, rules) };
        await call(name, signal, (options) => client.send(new PutBucketLifecycleConfigurationCommand(input), options));
      }
      if (lockDays !== undefined) {
        const input = { ...at(name), ObjectLockConfiguration: toObjectLock(lockDays) };
        await call(name, signal, (options) => client.send(new PutObjectLockConfigurationCommand(input), options));
      }
    },
  };
}
