import { type PolicyDocument, policyOf, statementsOf } from "../../core/iam-policy.ts";
import type { Kms, KmsKey } from "../../aws/kms/port.ts";
import { arnIn, dnsSuffixOf, partitionOf, viaServices } from "../../core/arn.ts";
import { listed } from "../../core/enumerate.ts";
import { differenceOf, type Fields } from "../../core/compare-fields.ts";
import { dayOf } from "../../core/day.ts";
import { asDesired, blocked, ready, type Readiness } from "../../core/resource.ts";
import { awsFlags } from "../../core/aws-flags.ts";
import { unlessGiven } from "../given.ts";
import { givenKmsKey } from "./given-kms-key.ts";
import { keyUsers, type KeyUsers } from "./key-users.ts";
import { notAdopting, owned, ownTags, type RegionResource, type RegionWorld, sole } from "../world.ts";

interface Actual {
  readonly key: KmsKey | undefined;
  /** Whether the region's alias points to the key. */
  readonly aliased: boolean;
  /** What could not be read any more without the key; only read to remove it. */
  readonly users: KeyUsers;
}

const unused: KeyUsers = { needed: [] };
/** The longest that AWS allows: what was encrypted with the key is lost with it. */
const deletionDays = 30;
/** States of a key that will be deleted. */
const dying: ReadonlySet<string> = new Set(["PendingDeletion", "PendingReplicaDeletion"]);
/** States that gennet can end. */
const recoverable: ReadonlySet<string> = new Set([...dying, "Disabled"]);

/** Returns how plans call the region's key: its alias, or the ARN of the key that gennet.yaml names. */
export function keyName({ platform, region }: RegionWorld): string {
  return region.encryptionKey ?? `alias/${platform.name}-${region.name}`;
}

const ownKmsKey: RegionResource<Actual, string> = {
  id: "kms-key",
  title: "KMS key",
  needs: [],
  patienceMs: 5 * 60_000,
  async read({ world, signal, removing = false }) {
    const kms = await world.aws.service("kms");
    const aliased = await kms.key(keyName(world), signal);
    const key = aliased === undefined ? await unaliased(kms, world, signal) : ours(aliased, world);
    const mayBeNeeded = removing && key !== undefined && !isGone(key);
    const users = mayBeNeeded ? await keyUsers(world, key.arn, signal) : unused;
    return { key, aliased: aliased !== undefined, users };
  },
  diff: ({ key, aliased }, { world }) =>
    differenceOf(keyName(world), key && fieldsOf(key, aliased, world), desired(world)),
  async apply({ key, aliased }, { world, signal }) {
    const kms = await world.aws.service("kms");
    const description = descriptionOf(world);
    const policy = policyFor(world);
    const id = key?.id ?? (await kms.createKey({ description, policy, tags: ownTags(world) }, signal));
    // A key that was to be deleted is disabled when that is cancelled, and cannot be changed before.
    if (key !== undefined && dying.has(key.state)) await kms.cancelDeletion(id, signal);
    if (key !== undefined && recoverable.has(key.state)) await kms.enableKey(id, signal);
    if (key?.rotates !== true) await kms.enableRotation(id, signal);
    const changed = key && differenceOf("", fieldsOf(key, aliased, world), desired(world)).operations;
    if (changed?.some(({ field }) => field === "policy")) await kms.setPolicy(id, policy, signal);
    if (changed?.some(({ field }) => field === "description")) await kms.setDescription(id, description, signal);
    if (!aliased) await kms.setAlias(keyName(world), id, signal);
  },
  ready: ({ key }) => readinessOf(key?.state),
  output: ({ key }) => key?.arn,
  removal: {
    diff({ key, users: { needed, unknown } }, { world }) {
      // Without its key, the last backup is lost.
      if (isGone(key) || needed.length > 0) return asDesired;
      const operations = [{ verb: "delete" as const, target: keyName(world) }];
      if (unknown === undefined) return { operations };
      return blocked(`whether backups or volumes are encrypted with it is unknown: ${unknown}`, operations);
    },
    async apply({ key }, { world, signal }) {
      if (key !== undefined) await (await world.aws.service("kms")).scheduleDeletion(key.id, deletionDays, signal);
    },
    gone: ({ key, users }) =>
      isGone(key) || users.needed.length > 0 ? ready : { state: "waiting", detail: key?.state ?? "not visible yet" },
    keeps: ({ key, users }, { world }) => (key === undefined ? [] : keptKey(key, users, world)),
  },
};

/** The KMS key of everything in the region, or the one that gennet.yaml names. Outputs its ARN. */
export const kmsKey = unlessGiven(ownKmsKey, givenKmsKey);

function keptKey({ id, deletedAt }: KmsKey, { needed }: KeyUsers, world: RegionWorld): readonly string[] {
  if (deletedAt !== undefined) {
    return [`KMS key ${id}, deleted on ${dayOf(deletedAt)}; a bootstrap before recovers it`];
  }
  if (needed.length === 0) return [];
  const command = `aws kms schedule-key-deletion --key-id ${id} --pending-window-in-days ${deletionDays} ${awsFlags(world)}`;
  return [
    `KMS key ${id}, without which ${listed(needed)} cannot be read; a bootstrap uses it again; once nothing needs it: ${command}`,
  ];
}

async function unaliased(kms: Kms, world: RegionWorld, signal: AbortSignal): Promise<KmsKey | undefined> {
  const found = await kms.keys(ownTags(world), signal);
  const alive = found.filter(({ state }) => !dying.has(state));
  return sole(alive, "KMS key", world) ?? found[0];
}

/** Another one's key is never taken over: its policy may be all that lets its users decrypt. */
function ours(key: KmsKey, world: RegionWorld): KmsKey {
  return owned(key, `KMS key ${keyName(world)}`, notAdopting(world));
}

/** A key that will be deleted is gone for gennet: KMS keeps it for some time. */
function isGone(key: KmsKey | undefined): boolean {
  return key === undefined || dying.has(key.state);
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html */
function readinessOf(state: string | undefined): Readiness {
  if (state === "Enabled") return ready;
  if (state === "PendingImport" || state === "Unavailable") return { state: "failed", reason: `KMS reports ${state}` };
  // A key that was just recovered may be shown as it was before.
  return { state: "waiting", detail: state ?? "not visible yet" };
}

function descriptionOf({ platform, region }: RegionWorld): string {
  return `Everything of ${platform.name} in region ${region.name}`;
}

function desired(world: RegionWorld): Fields {
  return {
    alias: keyName(world),
    description: descriptionOf(world),
    "yearly rotation": true,
    policy: statementsOf(policyFor(world)),
    state: "Enabled",
  };
}

function fieldsOf(key: KmsKey, aliased: boolean, world: RegionWorld): Fields {
  return {
    ...(aliased ? { alias: keyName(world) } : {}),
    description: key.description,
    "yearly rotation": key.rotates,
    policy: statementsOf(key.policy),
    // The other states are waited for, or cannot be ended.
    state: recoverable.has(key.state) ? key.state : "Enabled",
  };
}

/**
 * Lets IAM decide in the account, AWS services use the key for its callers, as AWS's own keys for EBS do, and CloudWatch
 * encrypt its logs. Only principals that always exist: KMS rejects a policy with one that does not.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
function policyFor({ region }: RegionWorld): PolicyDocument {
  const { awsRegion, accountId } = region;
  const partition = partitionOf(awsRegion);
  const suffix = dnsSuffixOf(awsRegion);
  const use = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"];
  return policyOf(
    {
      Sid: "Account",
      Effect: "Allow",
      Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
      Action: "kms:*",
      Resource: "*",
    },
    {
      Sid: "Services",
      Effect: "Allow",
      Principal: { AWS: "*" },
      Action: [...use, "kms:CreateGrant"],
      Resource: "*",
      Condition: {
        StringEquals: {
          "kms:CallerAccount": accountId,
          "kms:ViaService": ["ec2", "elasticache", "rds", "secretsmanager"].flatMap((service) =>
            viaServices(service, awsRegion),
          ),
        },
      },
    },
    {
      Sid: "Logs",
      Effect: "Allow",
      Principal: { Service: `logs.${awsRegion}.${suffix}` },
      Action: use,
      Resource: "*",
      Condition: {
        ArnLike: { "kms:EncryptionContext:aws:logs:arn": arnIn(region, "logs", "*") },
      },
    },
  );
}
