import type { NeptuneWithKey } from "../../aws/neptune/port.ts";
import type { DbsWithKey } from "../../aws/rds/port.ts";
import { AppError } from "../../core/error.ts";
import type { RegionWorld } from "../world.ts";
import { finalSnapshotOf } from "./stores/neptune-status.ts";
import { remainsOf } from "./stores/postgres-status.ts";

/** What is left of a region, and could not be read any more without its key. */
export interface KeyUsers {
  /** `RDS snapshot acme-eu-postgres-final-1`. */
  readonly needed: readonly string[];
  /** Why there may be more. */
  readonly unknown?: string;
}

/**
 * Returns what keeps the region's key: backups and volumes that a destruction leaves, also those that it is going to
 * make. A service that may not be asked can have some.
 */
export async function keyUsers({ aws }: RegionWorld, keyArn: string, signal: AbortSignal): Promise<KeyUsers> {
  const [rds, neptune, cache, ec2] = await Promise.all([
    aws.service("rds"),
    aws.service("neptune"),
    aws.service("elasticache"),
    aws.service("ec2"),
  ]);
  const answers = await Promise.all([
    unlessDenied(async () => inRds(await rds.encryptedWith(keyArn, signal))),
    unlessDenied(async () => inNeptune(await neptune.encryptedWith(keyArn, signal))),
    unlessDenied(async () => named("ElastiCache snapshot", await cache.snapshotsWith(keyArn, signal))),
    unlessDenied(async () => named("EBS snapshot", await ec2.snapshotsWith(keyArn, signal))),
    unlessDenied(async () => {
      const volumes = await ec2.claimedVolumes(signal);
      const own = volumes.filter((volume) => volume.keyArn === keyArn);
      return named(
        "EBS volume",
        own.map(({ id }) => id),
      );
    }),
  ]);
  const unknown = answers.find((answer) => typeof answer === "string");
  const needed = answers.flatMap((answer) => (typeof answer === "string" ? [] : answer));
  return { needed, ...(unknown === undefined ? {} : { unknown }) };
}

/** Returns the backups that RDS has, and those that it makes when instances are deleted. */
function inRds({ instances, snapshots, backups }: DbsWithKey): readonly string[] {
  const future = instances.flatMap((instance) => {
    const remains = remainsOf(instance);
    if (remains === "nothing") return [];
    return remains === "backups" ? [`automated backups of ${instance.id}`] : [`RDS snapshot ${remains.snapshot}`];
  });
  const made = [...named("RDS snapshot", snapshots), ...backups.map((id) => `automated backups of ${id}`)];
  return [...new Set([...made, ...future])];
}

/** Returns the snapshots that Neptune has, and those that it makes when clusters are deleted. */
function inNeptune({ clusters, snapshots }: NeptuneWithKey): readonly string[] {
  const future = clusters.flatMap((cluster) => finalSnapshotOf(cluster) ?? []);
  return named("Neptune snapshot", [...new Set([...snapshots, ...future])]);
}

function named(kind: string, names: readonly string[]): readonly string[] {
  return names.map((name) => `${kind} ${name}`);
}

/** Returns why there is no answer, if AWS denies it. */
async function unlessDenied(ask: () => Promise<readonly string[]>): Promise<readonly string[] | string> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof AppError && error.code === "AWS_DENIED") return error.message;
    throw error;
  }
}
