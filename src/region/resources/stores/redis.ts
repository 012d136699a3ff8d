import type { CacheSettings, ReplicationGroup } from "../../../aws/elasticache/port.ts";
import { differenceOf, type Fields } from "../../../core/compare-fields.ts";
import { creation, ready, type Readiness, type ResourceContext, notVisible } from "../../../core/resource.ts";
import { ownedOrGoing } from "../../owned-only.ts";
import { ownTags, type RegionResource, type RegionWorld } from "../../world.ts";
import { kmsKey } from "../kms-key.ts";
import { deletion } from "./deletion.ts";
import { redisId, redisSpec, wantsRedis } from "./redis-facts.ts";
import { redisSecurityGroup, redisSubnetGroup } from "./redis-groups.ts";
import { redisUserGroup } from "./redis-users.ts";
import { storeFailed, storeWaiting } from "./store-readiness.ts";

/** Returns the settings of gennet.yaml that can change after creation. */
export function wantedCache(world: RegionWorld, securityGroupId: string, userGroup: string): CacheSettings {
  const { node, version, replicas } = redisSpec(world);
  return { nodeType: node, version, multiAz: replicas > 0, securityGroupIds: [securityGroupId], userGroup };
}

export async function readCache({
  world,
  signal,
}: ResourceContext<RegionWorld>): Promise<ReplicationGroup | undefined> {
  const group = await (await world.aws.service("elasticache")).replicationGroup(redisId(world), signal);
  return group && ownedOrGoing(group, `replication group "${group.id}"`, world);
}

const failures: Readonly<Record<string, string>> = {
  "create-failed": "ElastiCache could not create it; delete it, then run this again",
  "incompatible-network": "a node does not fit its subnets; add free addresses",
  "restore-failed": "a node could not be restored; delete the group, then run this again",
};

/** `available` is the only status of the group in which it serves and can be changed. */
export function cacheReadiness(group: ReplicationGroup | undefined): Readiness {
  if (group === undefined) return notVisible;
  const failure = [group.status, ...group.nodeStatuses].find((status) => failures[status] !== undefined);
  if (failure !== undefined) return storeFailed(`ElastiCache reports ${failure}: ${failures[failure]}`, group);
  if (group.status !== "available") return storeWaiting(group);
  if (group.pending.length > 0) return { state: "waiting", detail: `applying ${group.pending.join(", ")}` };
  return ready;
}

/** The region's Redis or Valkey, whose data no other region sees. Outputs the group. */
export const redis: RegionResource<ReplicationGroup | undefined, ReplicationGroup> = {
  id: "redis",
  title: "Redis",
  needs: [kmsKey, redisSubnetGroup, redisSecurityGroup, redisUserGroup],
  wanted: wantsRedis,
  patienceMs: 60 * 60_000,
  read: readCache,
  diff(group, at) {
    const { world } = at;
    const target = redisId(world);
    const { engine, replicas, node, version } = redisSpec(world);
    if (group === undefined) {
      const fields = { engine, version, "node type": node, replicas, "Multi-AZ": replicas > 0 };
      return { operations: [creation(target, { ...fields, TLS: "required", encrypted: true })] };
    }
    const wanted = { engine, encrypted: true, ...places(at) };
    return differenceOf(target, fieldsOf(group), wanted, Object.keys(wanted));
  },
  async apply(group, at) {
    if (group !== undefined) return;
    const { world, signal } = at;
    const { engine, replicas } = redisSpec(world);
    const settings = wantedCache(world, at.required(redisSecurityGroup), at.required(redisUserGroup));
    const cache = await world.aws.service("elasticache");
    await cache.createReplicationGroup(
      {
        ...settings,
        id: redisId(world),
        engine,
        replicas,
        keyArn: at.required(kmsKey),
        subnetGroup: at.required(redisSubnetGroup),
        tags: ownTags(world),
      },
      signal,
    );
  },
  ready: cacheReadiness,
  output: (group) => (group === undefined || group.status === "creating" ? undefined : group),
  removal: deletion({
    target: ({ id }) => id,
    delete: async ({ id }, { world, signal }) =>
      (await world.aws.service("elasticache")).deleteReplicationGroup(id, signal),
    status: ({ status }) => status,
  }),
};

function fieldsOf({ engine, encrypted, keyArn, subnetGroup }: ReplicationGroup): Fields {
  return { engine, encrypted, ...(keyArn && { "encryption key": keyArn }), "subnet group": subnetGroup };
}

/** Returns the fields that other resources decide, as far as those exist. */
function places(at: ResourceContext<RegionWorld>): Fields {
  const key = at.output(kmsKey);
  const group = at.output(redisSubnetGroup);
  return { ...(key && { "encryption key": key }), ...(group && { "subnet group": group }) };
}
