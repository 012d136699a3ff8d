import type { Platform } from "../../../platform/schema.ts";
import { storeName } from "../../store-name.ts";
import type { RegionWorld } from "../../world.ts";

export type RedisSpec = NonNullable<Platform["stores"]["redis"]>;

export const redisPort = 6379;
/** The user of services. */
export const redisUser = "app";

/** ElastiCache's limit for the ids of groups and users. */
const longestId = 40;

export function wantsRedis({ platform }: RegionWorld): boolean {
  return platform.stores.redis !== undefined;
}

/** Returns what gennet.yaml says of Redis. */
export function redisSpec({ platform }: RegionWorld): RedisSpec {
  const { redis } = platform.stores;
  if (redis === undefined) throw new Error("gennet.yaml has no stores.redis");
  return redis;
}

/** Returns the id of the region's replication group, subnet group and user group. */
export function redisId(world: RegionWorld): string {
  return storeName(world, "redis", longestId);
}

export function redisUserId(world: RegionWorld, user: string): string {
  return storeName(world, `redis-${user}`, longestId);
}

/** Each region has its own data and users, also where two regions share an AWS region. */
export function redisSecretName({ platform, region }: RegionWorld): string {
  return `${platform.name}/${region.name}/redis`;
}
