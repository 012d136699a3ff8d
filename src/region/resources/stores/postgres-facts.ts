import type { DbInstance } from "../../../aws/rds/port.ts";
import { arnIn } from "../../../core/arn.ts";
import type { Platform } from "../../../platform/schema.ts";
import { isPrimary, primaryOf } from "../../primary-region.ts";
import { storeName } from "../../store-name.ts";
import type { RegionWorld } from "../../world.ts";

export type PostgresSpec = NonNullable<Platform["stores"]["postgres"]>;

export const postgresPort = 5432;
/** The database and the user that RDS creates; `postgres` is what RDS calls its own database. */
export const postgresDatabase = "app";
export const postgresUser = "gennet";

export function wantsPostgres({ platform }: Pick<RegionWorld, "platform">): boolean {
  return platform.stores.postgres !== undefined;
}

/** Returns what gennet.yaml says of PostgreSQL. Resources of PostgreSQL are only read where it does. */
export function postgresSpec({ platform }: RegionWorld): PostgresSpec {
  const { postgres } = platform.stores;
  if (postgres === undefined) throw new Error("gennet.yaml has no stores.postgres");
  return postgres;
}

/** Whether gennet.yaml gives the region's instance. */
export function isGivenPostgres(world: Pick<RegionWorld, "platform" | "region">): boolean {
  return wantsPostgres(world) && world.region.database !== undefined;
}

/** Whether the login of PostgreSQL is given: the owner of a given source stores it, and keeps it with its replicas. */
export function isLoginGiven(world: RegionWorld): boolean {
  return isGivenPostgres({ ...world, region: primaryOf(world) });
}

/** Whether the region has an instance that gennet makes, and what belongs to it. */
export function wantsOwnPostgres(world: Pick<RegionWorld, "platform" | "region">): boolean {
  return wantsPostgres(world) && world.region.database === undefined;
}

/** Returns the id of a region's instance. */
export function instanceId(world: RegionWorld): string {
  return world.region.database ?? ownInstanceId(world);
}

/** Returns the id of the instance that gennet makes: at most 63 characters, in RDS. */
export function ownInstanceId(world: RegionWorld): string {
  return storeName(world, "postgres", 63);
}

/** Returns the ARN of a region's instance, whether or not it exists. */
export function instanceArn(world: RegionWorld): string {
  return arnIn(world.region, "rds", `db:${instanceId(world)}`);
}

export function primaryInstanceArn(world: RegionWorld): string {
  return instanceArn({ ...world, region: primaryOf(world) });
}

/**
 * Returns whether a region's instance is the source now: that of the primary region, or, after a failover, the one that
 * the primary region's replicates.
 */
export function isSource(
  { replicaOf, replicas }: Pick<DbInstance, "replicaOf" | "replicas">,
  world: RegionWorld,
): boolean {
  return replicaOf === undefined && (isPrimary(world) || replicas.includes(primaryInstanceArn(world)));
}

export function postgresSecretName({ platform }: RegionWorld): string {
  return `${platform.name}/postgres`;
}

/** Returns the family of parameter groups of a version: `postgres17`. */
export function familyOf(version: string): string {
  return `postgres${majorOf(version)}`;
}

export function majorOf(version: string): string {
  return version.split(".")[0] ?? version;
}

/** Returns the name of the region's parameter group, which belongs to one major version, like the instance. */
export function parameterGroupName(world: RegionWorld): string {
  return storeName(world, "postgres", 255);
}
