import type {
  CacheSubnetGroup,
  CacheUser,
  CacheUserGroup,
  ElastiCache,
  ReplicationGroup,
} from "../../src/aws/elasticache/port.ts";
import { hasTags } from "../../src/core/has-tags.ts";
import type { Tags } from "../../src/aws/tags.ts";
import type { AwsTarget } from "../../src/aws/target.ts";
import type { AwsChanges } from "./aws-changes.ts";
import { demand, demandTags, refuse } from "./aws-rules.ts";
import type { Made } from "./memory-ec2.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type MemoryCache = Mutable<ReplicationGroup> & { next: Partial<ReplicationGroup> };
export type MemoryCacheUser = Mutable<CacheUser> & { values: readonly string[] };

/** The resources of ElastiCache in a region, by name. */
export interface MemoryCaches {
  readonly groups: Map<string, MemoryCache>;
  readonly users: Map<string, MemoryCacheUser>;
  readonly userGroups: Map<string, Mutable<CacheUserGroup>>;
  readonly subnetGroups: Map<string, CacheSubnetGroup>;
  /** The ARNs of keys, by the names of the snapshots that a user made. */
  readonly snapshots: Map<string, string>;
}

export function memoryCaches(): MemoryCaches {
  return { groups: new Map(), users: new Map(), userGroups: new Map(), subnetGroups: new Map(), snapshots: new Map() };
}

const versions: Readonly<Record<string, readonly string[]>> = { valkey: ["7.2", "8.0", "8.1"], redis: ["7.0", "7.1"] };

/** While ElastiCache deletes a resource, the call for its tags may no longer find it. */
function visible<T extends { readonly status: string; readonly tags: Tags }>(found: T): T {
  return found.status === "deleting" ? { ...found, tags: {} } : found;
}

/** In-memory ElastiCache, as its API reference describes it: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference */
export function memoryElastiCache(
  { awsRegion, accountId }: AwsTarget,
  caches: MemoryCaches,
  things: Made[],
  { change, begin, isReady }: AwsChanges,
): ElastiCache {
  const { groups, users, userGroups, subnetGroups } = caches;
  const arnOf = (kind: string, id: string): string => `arn:aws:elasticache:${awsRegion}:${accountId}:${kind}:${id}`;
  const demandId = (action: string, id: string, tags: Tags): void => {
    const fits = /^[a-z]([a-z0-9]|-(?!-))*$/.test(id) && !id.endsWith("-") && id.length <= 40;
    demand(fits, action, "InvalidParameterValue", `The identifier ${id} is not valid`);
    demandTags(action, tags);
  };
  const isOwn = (action: string, code: string, found: { readonly tags: Tags } | undefined, tags: Tags): boolean => {
    if (found === undefined) return false;
    demand(hasTags(found.tags, tags), action, code, "the name is taken");
    return true;
  };
  const available = (action: string, id: string): MemoryCache => {
    const group = groups.get(id);
    if (group === undefined)
      return refuse(action, "ReplicationGroupNotFoundFault", `ReplicationGroup ${id} not found.`);
    const why = `Replication group must be in available state to modify, but is ${group.status}`;
    demand(group.status === "available", action, "InvalidReplicationGroupState", why);
    return group;
  };
  const modify = (action: string, id: string, next: Partial<ReplicationGroup>): void => {
    const group = available(action, id);
    Object.assign(group, { status: "modifying", next });
    begin(group.id + awsRegion);
  };
  const demandPassword = (action: string, password: string): void => {
    const fits = /^[!-~]{16,128}$/.test(password);
    demand(fits, action, "InvalidParameterValue", "Passwords length must be between 16-128 characters.");
  };
  /** Returns a user or user group, which takes reads to become active or to go. */
  const looked = <T extends { status: string; readonly id: string; readonly tags: Tags }>(
    map: Map<string, T>,
    id: string,
  ): T | undefined => {
    const found = map.get(id);
    if (found === undefined || found.status === "active" || !isReady(`${id} ${awsRegion}`)) {
      return found && visible(found);
    }
    if (found.status === "deleting") {
      map.delete(id);
      return undefined;
    }
    found.status = "active";
    return found;
  };

  return {
    replicationGroup: async (id) => {
      const group = groups.get(id);
      if (group === undefined) return undefined;
      if (group.status !== "available" && isReady(id + awsRegion)) {
        if (group.status === "deleting") {
          groups.delete(id);
          things.splice(
            things.findIndex((thing) => thing.id === id),
            1,
          );
          return undefined;
        }
        if (group.status !== "create-failed") Object.assign(group, group.next, { next: {}, status: "available" });
      }
      const { next: _, ...shown } = group;
      return visible(shown);
    },
    createReplicationGroup: (group) =>
      change(() => {
        const action = "ElastiCache CreateReplicationGroup";
        const { id, tags, engine, version, replicas, userGroup, subnetGroup, keyArn } = group;
        if (isOwn(action, "ReplicationGroupAlreadyExists", groups.get(id), tags)) return;
        demandId(action, id, tags);
        const known = versions[engine]?.includes(version) === true;
        demand(known, action, "InvalidParameterValue", `Cannot find version ${version} for ${engine}`);
        demand(subnetGroups.has(subnetGroup), action, "CacheSubnetGroupNotFoundFault", `${subnetGroup} not found`);
        const access = userGroups.get(userGroup);
        if (access === undefined) return refuse(action, "UserGroupNotFound", `${userGroup} not found.`);
        demand(access.status === "active", action, "InvalidUserGroupState", `${userGroup} is ${access.status}`);
        demand(!group.multiAz || replicas > 0, action, "InvalidParameterCombination", "Multi-AZ needs a replica");
        demand(keyArn.split(":")[3] === awsRegion, action, "InvalidKMSKeyFault", "the key is in another region");
        groups.set(id, {
          ...group,
          status: "creating",
          nodeStatuses: ["creating"],
          version: `${version}.1`,
          failover: group.multiAz,
          tls: "required",
          encrypted: true,
          userGroups: [userGroup],
          pending: [],
          next: { nodeStatuses: ["available"], host: `master.${id}.cache.example`, port: 6379 },
        });
        things.push({ kind: "cache", id, tags, facts: { securityGroupIds: group.securityGroupIds } });
        begin(id + awsRegion);
      }),
    modifyReplicationGroup: (id, { multiAz, version, userGroup, ...settings }) =>
      change(() => {
        const action = "ElastiCache ModifyReplicationGroup";
        const group = available(action, id);
        const fits = multiAz !== true || group.replicas > 0;
        demand(fits, action, "InvalidParameterCombination", "Automatic failover needs a replica");
        const known = version === undefined || versions[group.engine]?.includes(version) === true;
        demand(known, action, "InvalidParameterValue", `Cannot find version ${version}`);
        modify(action, id, {
          ...settings,
          ...(multiAz === undefined ? {} : { multiAz, failover: multiAz }),
          ...(version === undefined ? {} : { version: `${version}.1` }),
          ...(userGroup === undefined ? {} : { userGroups: [userGroup] }),
        });
      }),
    changeTls: (id, mode) =>
      change(() => {
        const action = "ElastiCache ModifyReplicationGroup";
        const { tls } = available(action, id);
        const why = "You must set TransitEncryptionMode to preferred before it can be required";
        demand(mode === "preferred" || tls === "preferred", action, "InvalidParameterCombination", why);
        modify(action, id, { tls: mode });
      }),
    changeReplicas: (id, from, to) =>
      change(() => {
        const action = `ElastiCache ${to > from ? "Increase" : "Decrease"}ReplicaCount`;
        const group = available(action, id);
        demand(to > 0 || !group.failover, action, "InvalidParameterValue", "Automatic failover needs a replica");
        demand(to <= 5, action, "InvalidParameterValue", "a shard has at most 5 replicas");
        modify(action, id, { replicas: to });
      }),
    deleteReplicationGroup: (id) =>
      change(() => {
        const group = groups.get(id);
        if (group === undefined) return;
        // The adapter takes the refusal of a second call for the result of the first.
        if (group.status === "deleting") return;
        group.status = "deleting";
        begin(id + awsRegion);
      }),
    snapshotsWith: async (keyArn) => [...caches.snapshots].flatMap(([name, key]) => (key === keyArn ? [name] : [])),
    user: async (id) => {
      const user = looked(users, id);
      if (user === undefined) return undefined;
      const { values: _, ...shown } = user;
      return shown;
    },
    createUser: ({ id, name, engine, access, password, tags }) =>
      change(() => {
        const action = "ElastiCache CreateUser";
        if (isOwn(action, "UserAlreadyExists", users.get(id), tags)) return;
        demandId(action, id, tags);
        demandPassword(action, password.reveal());
        demand(/^(on|off) /.test(access), action, "InvalidParameterValue", `invalid access string ${access}`);
        const values = [password.reveal()];
        const arn = arnOf("user", id);
        users.set(id, { id, arn, name, engine, access, tags, status: "modifying", passwords: 1, values });
        begin(`${id} ${awsRegion}`);
      }),
    modifyUser: (id, access, password) =>
      change(() => {
        const action = "ElastiCache ModifyUser";
        const user = users.get(id);
        if (user === undefined) return refuse(action, "UserNotFound", `User ${id} not found.`);
        demand(user.status === "active", action, "InvalidUserState", `User ${id} is ${user.status}`);
        if (password !== undefined) demandPassword(action, password.reveal());
        const secrets = password === undefined ? {} : { values: [password.reveal()], passwords: 1 };
        Object.assign(user, { access, status: "modifying", ...secrets });
        begin(`${id} ${awsRegion}`);
      }),
    deleteUser: (id) =>
      change(() => {
        const action = "ElastiCache DeleteUser";
        const user = users.get(id);
        if (user === undefined) return;
        const held = user.name === "default" && [...userGroups.values()].some((group) => group.userIds.includes(id));
        demand(!held, action, "DefaultUserAssociatedToUserGroup", "the default user is in a user group");
        user.status = "deleting";
        begin(`${id} ${awsRegion}`);
      }),
    userGroup: async (id) => looked(userGroups, id),
    createUserGroup: ({ id, engine, userIds, tags }) =>
      change(() => {
        const action = "ElastiCache CreateUserGroup";
        if (isOwn(action, "UserGroupAlreadyExists", userGroups.get(id), tags)) return;
        demandId(action, id, tags);
        const members = userIds.map((user) => users.get(user) ?? refuse(action, "UserNotFound", `${user} not found.`));
        const defaults = members.filter(({ name }) => name === "default").length;
        demand(defaults > 0, action, "DefaultUserRequired", "A user group needs a user named default.");
        demand(defaults === 1, action, "DuplicateUserName", "There is more than one user named default.");
        const fits = members.every((user) => user.engine === engine && user.status === "active");
        demand(fits, action, "InvalidParameterValue", "the users are not active, or of another engine");
        userGroups.set(id, { id, engine, userIds, tags, status: "creating" });
        begin(`${id} ${awsRegion}`);
      }),
    modifyUserGroup: (id, add, remove) =>
      change(() => {
        const action = "ElastiCache ModifyUserGroup";
        const group = userGroups.get(id);
        if (group === undefined) return refuse(action, "UserGroupNotFound", `${id} not found.`);
        demand(group.status === "active", action, "InvalidUserGroupState", `${id} is ${group.status}`);
        group.userIds = [...group.userIds.filter((user) => !remove.includes(user)), ...add];
        group.status = "modifying";
        begin(`${id} ${awsRegion}`);
      }),
    deleteUserGroup: (id) =>
      change(() => {
        const group = userGroups.get(id);
        if (group === undefined) return;
        const used = [...groups.values()].some((each) => each.userGroups.includes(id));
        demand(!used, "ElastiCache DeleteUserGroup", "InvalidUserGroupState", `${id} is used by a replication group`);
        group.status = "deleting";
        begin(`${id} ${awsRegion}`);
      }),
    subnetGroup: async (name) => subnetGroups.get(name),
    createSubnetGroup: (group) =>
      change(() => {
        const action = "ElastiCache CreateCacheSubnetGroup";
        if (isOwn(action, "CacheSubnetGroupAlreadyExists", subnetGroups.get(group.name), group.tags)) return;
        demandId(action, group.name, group.tags);
        const known = group.subnetIds.every((id) => things.some((thing) => thing.kind === "subnet" && thing.id === id));
        demand(known && group.subnetIds.length > 0, action, "InvalidSubnet", "a subnet does not exist");
        subnetGroups.set(group.name, group);
      }),
    modifySubnetGroup: (name, subnetIds) =>
      change(() => {
        const group = subnetGroups.get(name);
        const action = "ElastiCache ModifyCacheSubnetGroup";
        if (group === undefined) return refuse(action, "CacheSubnetGroupNotFoundFault", `${name} not found`);
        subnetGroups.set(name, { ...group, subnetIds });
      }),
    deleteSubnetGroup: (name) =>
      change(() => {
        const used = [...groups.values()].some((group) => group.subnetGroup === name);
        demand(!used, "ElastiCache DeleteCacheSubnetGroup", "CacheSubnetGroupInUse", `${name} is in use`);
        subnetGroups.delete(name);
      }),
  };
}
