import type { CacheSettings, ReplicationGroup } from "../../../aws/elasticache/port.ts";
import { differenceOf, type Fields } from "../../../core/compare-fields.ts";
import { asDesired, blocked, type ResourceContext, update } from "../../../core/resource.ts";
import type { RegionResource, RegionWorld } from "../../world.ts";
import { cacheReadiness, readCache, redis, wantedCache } from "./redis.ts";
import { redisId, redisSpec, wantsRedis } from "./redis-facts.ts";
import { redisSecurityGroup } from "./redis-groups.ts";
import { redisUserGroup } from "./redis-users.ts";

type Group = ReplicationGroup | undefined;
type CacheResource = RegionResource<Group, ReplicationGroup>;

const steps = { wanted: wantsRedis, patienceMs: 60 * 60_000, read: readCache, ready: cacheReadiness } as const;

/** Automatic failover needs a replica, so it is turned off before the last one goes. Outputs the group. */
export const redisFailover: CacheResource = {
  ...steps,
  id: "redis-failover",
  title: "Failover of Redis, before its last replica goes",
  needs: [redis],
  diff: (group, { world }) =>
    group?.failover === true && redisSpec(world).replicas === 0
      ? { operations: [update(`failover of ${group.id}`, "Multi-AZ", false, true)] }
      : asDesired,
  async apply(group, { world, signal }) {
    if (group === undefined) return;
    const cache = await world.aws.service("elasticache");
    await cache.modifyReplicationGroup(group.id, { multiAz: false }, signal);
  },
  output: (group) => group,
};

/** The number of replicas, which ElastiCache changes in its own call. Outputs the group. */
export const redisReplicas: CacheResource = {
  ...steps,
  id: "redis-replicas",
  title: "Replicas of Redis",
  needs: [redisFailover],
  diff(group, { world }) {
    const { replicas } = redisSpec(world);
    if (group === undefined || group.replicas === replicas) return asDesired;
    return { operations: [update(`replicas of ${group.id}`, "count", replicas, group.replicas)] };
  },
  async apply(group, { world, signal }) {
    if (group === undefined) return;
    const cache = await world.aws.service("elasticache");
    await cache.changeReplicas(group.id, group.replicas, redisSpec(world).replicas, signal);
  },
  output: (group) => group,
};

/** The settings of the group, changed at once. Outputs the group. */
export const redisSettings: CacheResource = {
  ...steps,
  id: "redis-settings",
  title: "Settings of Redis",
  needs: [redisReplicas, redisSecurityGroup, redisUserGroup],
  diff(group, at) {
    if (group === undefined) return asDesired;
    const { operations } = differenceOf(`settings of ${group.id}`, actual(group, at), named(wantedIn(at, group)));
    const { version } = redisSpec(at.world);
    const older = group.version !== undefined && Number.parseFloat(version) < Number.parseFloat(group.version);
    return older ? blocked(`it runs ${group.version}: ElastiCache makes no downgrade`, operations) : { operations };
  },
  async apply(group, at) {
    if (group === undefined) return;
    const wanted = wantedIn(at, group);
    const now = actual(group, at);
    const changed = Object.entries(wanted).filter(
      ([setting, value]) => differenceOf("", now, named({ [setting]: value })).operations.length > 0,
    );
    const cache = await at.world.aws.service("elasticache");
    await cache.modifyReplicationGroup(group.id, Object.fromEntries(changed), at.signal);
  },
  output: (group) => group,
};

function wantedIn(at: ResourceContext<RegionWorld>, { securityGroupIds: [own = ""] }: ReplicationGroup): CacheSettings {
  return wantedCache(at.world, at.output(redisSecurityGroup) ?? own, redisId(at.world));
}

/** A version of gennet.yaml is met by each of its patches. */
function actual(group: ReplicationGroup, { world }: ResourceContext<RegionWorld>): Fields {
  const { version, replicas } = redisSpec(world);
  const isMet = group.version === version || group.version?.startsWith(`${version}.`) === true;
  // Without replicas, it is turned off before these settings.
  const multiAz = replicas > 0 && group.multiAz && group.failover;
  const { nodeType, securityGroupIds, userGroups } = group;
  const groups = { "security groups": securityGroupIds, "user group": userGroups.join(", ") };
  return { "node type": nodeType, version: isMet ? version : (group.version ?? ""), "Multi-AZ": multiAz, ...groups };
}

function named(settings: Partial<CacheSettings>): Fields {
  const fields: Readonly<Record<string, Fields[string] | undefined>> = {
    "node type": settings.nodeType,
    version: settings.version,
    "Multi-AZ": settings.multiAz,
    "security groups": settings.securityGroupIds,
    "user group": settings.userGroup,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields;
}

/**
 * TLS on a group that was created without it: ElastiCache first accepts both kinds of connections, and only then
 * requires TLS.
 */
export const redisTlsPreferred: CacheResource = {
  ...steps,
  id: "redis-tls-preferred",
  title: "TLS of Redis, beside connections without it",
  needs: [redisSettings],
  diff: (group) =>
    group?.tls === "off" ? { operations: [update(`TLS of ${group.id}`, "mode", "preferred", "off")] } : asDesired,
  async apply(group, { world, signal }) {
    if (group !== undefined) await (await world.aws.service("elasticache")).changeTls(group.id, "preferred", signal);
  },
  output: (group) => group,
};

export const redisTls: CacheResource = {
  ...steps,
  id: "redis-tls",
  title: "TLS of Redis, required",
  needs: [redisTlsPreferred],
  // What comes before this turns TLS on.
  diff: (group) =>
    group === undefined || group.tls === "required"
      ? asDesired
      : { operations: [update(`TLS of ${group.id}`, "mode", "required", "preferred")] },
  async apply(group, { world, signal }) {
    if (group !== undefined) await (await world.aws.service("elasticache")).changeTls(group.id, "required", signal);
  },
  output: (group) => group,
};
