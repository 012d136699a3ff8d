import {
  CreateReplicationGroupCommand,
  DecreaseReplicaCountCommand,
  DeleteReplicationGroupCommand,
  DescribeCacheClustersCommand,
  DescribeReplicationGroupsCommand,
  ElastiCacheClient,
  IncreaseReplicaCountCommand,
  ModifyReplicationGroupCommand,
  paginateDescribeEvents,
  paginateDescribeSnapshots,
} from "@aws-sdk/client-elasticache";
import { mapBounded } from "../../core/bounded.ts";
import { callsTo } from "../calls.ts";
import { eventMinutes, lastEvent } from "../last-event.ts";
import { goneOrGoing } from "../gone-or-going.ts";
import { ownOrTaken } from "../own-or-taken.ts";
import { type Connected, nameErrors, type Session } from "../session.ts";
import { toTags } from "../tags.ts";
import { accessCalls } from "./access.ts";
import type { ElastiCache } from "./port.ts";
import { toCacheSettings, toReplicationGroup } from "./shapes.ts";
import { tagsReader } from "./tags-reader.ts";

const nodesAtOnce = 4;
/** The statuses of normal operation, which say enough. */
const usual: ReadonlySet<string> = new Set(["available", "deleting", "modifying", "snapshotting"]);

/** Connects to ElastiCache through its SDK. */
export function createElastiCache(session: Session): Connected<ElastiCache> {
  const client = new ElastiCacheClient(session.config());
  nameErrors(client.middlewareStack);
  const calls = callsTo(session);
  const { call, find } = calls;
  const tagsOf = tagsReader(client, calls);

  const eventOf = (id: string, signal: AbortSignal): Promise<string | undefined> => {
    const input = { SourceIdentifier: id, SourceType: "replication-group" as const, Duration: eventMinutes };
    return lastEvent(calls, signal, (options) => paginateDescribeEvents({ client }, input, options));
  };

  const port: ElastiCache = {
    ...accessCalls(client, calls, tagsOf),

    async replicationGroup(id, signal) {
      const answer = await find(signal, (options) =>
        client.send(new DescribeReplicationGroupsCommand({ ReplicationGroupId: id }), options),
      );
      const group = answer?.ReplicationGroups?.[0];
      if (group === undefined) return undefined;
      const [nodes, tags, event] = await Promise.all([
        mapBounded(group.MemberClusters ?? [], nodesAtOnce, async (node) => {
          const input = { CacheClusterId: node };
          const found = await find(signal, (options) => client.send(new DescribeCacheClustersCommand(input), options));
          return found?.CacheClusters?.[0];
        }),
        tagsOf(group.ARN, signal),
        usual.has(group.Status ?? "") ? undefined : eventOf(id, signal),
      ]);
      const known = nodes.filter((node) => node !== undefined);
      return { ...toReplicationGroup(group, known, tags), ...(event === undefined ? {} : { lastEvent: event }) };
    },

    async createReplicationGroup(group, signal) {
      const command = new CreateReplicationGroupCommand({
        ...toCacheSettings(group),
        ReplicationGroupId: group.id,
        ReplicationGroupDescription: "Made by gennet",
        Engine: group.engine,
        NumCacheClusters: group.replicas + 1,
        // Without a mode, TLS is required.
        TransitEncryptionEnabled: true,
        AtRestEncryptionEnabled: true,
        KmsKeyId: group.keyArn,
        CacheSubnetGroupName: group.subnetGroup,
        UserGroupIds: [group.userGroup],
        Tags: toTags(group.tags),
      });
      await ownOrTaken(
        () => call(signal, (options) => client.send(command, options)),
        /^ReplicationGroupAlreadyExists/,
        group.tags,
        () => port.replicationGroup(group.id, signal),
      );
    },

    async modifyReplicationGroup(id, changes, signal) {
      const { userGroup } = changes;
      const groups = userGroup === undefined ? {} : await userGroupChange(id, userGroup, signal);
      const input = { ...toCacheSettings(changes), ...groups, ReplicationGroupId: id, ApplyImmediately: true };
      await call(signal, (options) => client.send(new ModifyReplicationGroupCommand(input), options));
    },

    async changeTls(id, mode, signal) {
      const input = {
        ReplicationGroupId: id,
        ...(mode === "preferred" ? { TransitEncryptionEnabled: true } : {}),
        TransitEncryptionMode: mode,
        ApplyImmediately: true,
      };
      await call(signal, (options) => client.send(new ModifyReplicationGroupCommand(input), options));
    },

    async changeReplicas(id, from, to, signal) {
      const input = { ReplicationGroupId: id, NewReplicaCount: to, ApplyImmediately: true };
      await call(signal, async (options) => {
        if (to > from) await client.send(new IncreaseReplicaCountCommand(input), options);
        else await client.send(new DecreaseReplicaCountCommand(input), options);
      });
    },

    async deleteReplicationGroup(id, signal) {
      const input = { ReplicationGroupId: id, RetainPrimaryCluster: false };
      await goneOrGoing(
        () => find(signal, (options) => client.send(new DeleteReplicationGroupCommand(input), options)),
        () => port.replicationGroup(id, signal),
        signal,
      );
    },

    async snapshotsWith(keyArn, signal) {
      const found = await calls.all(
        signal,
        (options) => paginateDescribeSnapshots({ client }, {}, options),
        (page) => page.Snapshots,
      );
      const kept = found.filter(({ KmsKeyId, SnapshotSource }) => KmsKeyId === keyArn && SnapshotSource === "manual");
      return kept.map(({ SnapshotName = "" }) => SnapshotName);
    },
  };

  /** A replication group has one user group: another one is exchanged in the same call. */
  async function userGroupChange(id: string, userGroup: string, signal: AbortSignal): Promise<object> {
    const others = (await port.replicationGroup(id, signal))?.userGroups.filter((each) => each !== userGroup) ?? [];
    return { UserGroupIdsToAdd: [userGroup], ...(others.length === 0 ? {} : { UserGroupIdsToRemove: others }) };
  }

  return { port, close: () => client.destroy() };
}
