import type {
  CacheCluster,
  ModifyReplicationGroupMessage,
  ReplicationGroup as SdkGroup,
  User,
  UserGroup,
} from "@aws-sdk/client-elasticache";
import type { Tags } from "../tags.ts";
import type { CacheSettings, CacheUser, CacheUserGroup, ReplicationGroup } from "./port.ts";

/** Returns a group with the facts that ElastiCache only reports of its nodes. */
export function toReplicationGroup(group: SdkGroup, nodes: readonly CacheCluster[], tags: Tags): ReplicationGroup {
  const [node] = nodes;
  const endpoint = group.NodeGroups?.[0]?.PrimaryEndpoint;
  const isSet = ([, value]: [string, unknown]): boolean => value !== undefined && value !== null;
  return {
    id: group.ReplicationGroupId ?? "",
    status: group.Status ?? "creating",
    nodeStatuses: [...new Set(nodes.map(({ CacheClusterStatus = "" }) => CacheClusterStatus))],
    engine: group.Engine ?? node?.Engine ?? "",
    ...(node?.EngineVersion && { version: node.EngineVersion }),
    nodeType: group.CacheNodeType ?? "",
    replicas: Math.max(0, (group.MemberClusters?.length ?? 1) - 1),
    multiAz: group.MultiAZ === "enabled",
    failover: group.AutomaticFailover === "enabled" || group.AutomaticFailover === "enabling",
    tls: group.TransitEncryptionEnabled === true ? (group.TransitEncryptionMode ?? "required") : "off",
    encrypted: group.AtRestEncryptionEnabled ?? false,
    ...(group.KmsKeyId && { keyArn: group.KmsKeyId }),
    userGroups: group.UserGroupIds ?? [],
    subnetGroup: node?.CacheSubnetGroupName ?? "",
    securityGroupIds: (node?.SecurityGroups ?? []).map((each) => each.SecurityGroupId ?? ""),
    pending: Object.entries(group.PendingModifiedValues ?? {})
      .filter(isSet)
      .map(([name]) => name),
    ...(endpoint?.Address && { host: endpoint.Address }),
    ...(endpoint?.Port && { port: endpoint.Port }),
    tags,
  };
}

export function toUser(user: User, tags: Tags): CacheUser {
  return {
    id: user.UserId ?? "",
    arn: user.ARN ?? "",
    name: user.UserName ?? "",
    status: user.Status ?? "modifying",
    engine: user.Engine ?? "",
    access: user.AccessString ?? "",
    passwords: user.Authentication?.PasswordCount ?? 0,
    tags,
  };
}

export function toUserGroup(group: UserGroup, tags: Tags): CacheUserGroup {
  // What is being added or removed counts: the group is `modifying` until it is.
  const { UserIdsToAdd = [], UserIdsToRemove = [] } = group.PendingChanges ?? {};
  const userIds = [...new Set([...(group.UserIds ?? []), ...UserIdsToAdd])];
  return {
    id: group.UserGroupId ?? "",
    status: group.Status ?? "creating",
    engine: group.Engine ?? "",
    userIds: userIds.filter((id) => !UserIdsToRemove.includes(id)),
    tags,
  };
}

/** Returns the members of ModifyReplicationGroup and CreateReplicationGroup for settings. */
export function toCacheSettings(settings: Partial<CacheSettings>): Partial<ModifyReplicationGroupMessage> {
  const { nodeType, version, multiAz, securityGroupIds } = settings;
  return {
    ...(nodeType === undefined ? {} : { CacheNodeType: nodeType }),
    ...(version === undefined ? {} : { EngineVersion: version }),
    ...(multiAz === undefined ? {} : { MultiAZEnabled: multiAz, AutomaticFailoverEnabled: multiAz }),
    ...(securityGroupIds === undefined ? {} : { SecurityGroupIds: [...securityGroupIds] }),
  };
}
