import {
  CreateDBClusterCommand,
  CreateDBInstanceCommand,
  type DBInstance,
  DeleteDBClusterCommand,
  DeleteDBInstanceCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  ListTagsForResourceCommand,
  ModifyDBClusterCommand,
  ModifyDBInstanceCommand,
  NeptuneClient,
  paginateDescribeDBClusters,
  paginateDescribeDBClusterSnapshots,
  paginateDescribeDBInstances,
  paginateDescribeEvents,
  RebootDBInstanceCommand,
} from "@aws-sdk/client-neptune";
import { mapBounded } from "../../core/bounded.ts";
import { itemsOf } from "../../core/items-of.ts";
import { callsTo } from "../calls.ts";
import { databaseEvents } from "../database-event.ts";
import { goneOrGoing } from "../gone-or-going.ts";
import { ownOrTaken } from "../own-or-taken.ts";
import { oncePassed, type PassingRefusal } from "../passing-refusal.ts";
import { type Connected, nameErrors, type Session } from "../session.ts";
import { fromTags, type Tags, toTags } from "../tags.ts";
import { parameterGroupCalls } from "./parameter-groups.ts";
import type { Neptune, NeptuneInstance } from "./port.ts";
import { toCluster, toInstance, toInstanceSettings, toLogChanges, toSettings } from "./shapes.ts";

const engine = "neptune";
const instancesAtOnce = 4;
/** A cluster is busy while it is created, or for a moment after a change. */
const busy: PassingRefusal = {
  is: ({ name, message }) => name.startsWith("InvalidDBClusterState") && /not .*in the available state/i.test(message),
  patienceMs: 15 * 60_000,
  pauseMs: 10_000,
};

/** Connects to Neptune through its SDK, which sends its calls to RDS. */
export function createNeptune(session: Session): Connected<Neptune> {
  const client = new NeptuneClient(session.config());
  nameErrors(client.middlewareStack);
  const calls = callsTo(session);
  const { call, find, all } = calls;
  const event = databaseEvents(calls, (input, options) => paginateDescribeEvents({ client }, input, options));
  const tagsOf = async (arn: string | undefined, signal: AbortSignal): Promise<Tags> => {
    const input = { ResourceName: arn ?? "" };
    const answer = await find(signal, (options) => client.send(new ListTagsForResourceCommand(input), options));
    return fromTags(answer?.TagList);
  };
  const instance = async (id: string, signal: AbortSignal): Promise<NeptuneInstance | undefined> => {
    const input = { DBInstanceIdentifier: id };
    const answer = await find(signal, (options) => client.send(new DescribeDBInstancesCommand(input), options));
    const found = answer?.DBInstances?.[0];
    return found && read(found, signal);
  };
  const read = async (found: DBInstance, signal: AbortSignal): Promise<NeptuneInstance> => {
    const { DBInstanceArn, DBInstanceIdentifier = "", DBInstanceStatus } = found;
    const [tags, last] = await Promise.all([
      tagsOf(DBInstanceArn, signal),
      event("db-instance", DBInstanceIdentifier, DBInstanceStatus, signal),
    ]);
    return { ...toInstance(found, tags), ...last };
  };

  const port: Neptune = {
    ...parameterGroupCalls(client, calls, tagsOf),

    async cluster(id, signal) {
      const answer = await find(signal, (options) =>
        client.send(new DescribeDBClustersCommand({ DBClusterIdentifier: id }), options),
      );
      const found = answer?.DBClusters?.[0];
      if (found === undefined) return undefined;
      const [tags, last] = await Promise.all([
        tagsOf(found.DBClusterArn, signal),
        event("db-cluster", id, found.Status, signal),
      ]);
      return { ...toCluster(found, tags), ...last };
    },

    async createCluster(cluster, signal) {
      const command = new CreateDBClusterCommand({
        ...toSettings(cluster),
        DBClusterIdentifier: cluster.id,
        Engine: engine,
        EnableCloudwatchLogsExports: [...cluster.logs],
        StorageEncrypted: true,
        KmsKeyId: cluster.keyArn,
        DBSubnetGroupName: cluster.subnetGroup,
        Tags: toTags(cluster.tags),
      });
      await ownOrTaken(
        () => call(signal, (options) => client.send(command, options)),
        /^DBClusterAlreadyExists/,
        cluster.tags,
        () => port.cluster(cluster.id, signal),
      );
    },

    async modifyCluster(id, { logs, ...changes }, signal) {
      const input = {
        ...toSettings(changes),
        ...toLogChanges(logs),
        DBClusterIdentifier: id,
        ApplyImmediately: true,
      };
      await call(signal, (options) => client.send(new ModifyDBClusterCommand(input), options));
    },

    async deleteCluster(id, finalSnapshot, signal) {
      const remains =
        finalSnapshot === undefined
          ? { SkipFinalSnapshot: true }
          : { SkipFinalSnapshot: false, FinalDBSnapshotIdentifier: finalSnapshot };
      const command = new DeleteDBClusterCommand({ DBClusterIdentifier: id, ...remains });
      await oncePassed(session, signal, busy, () =>
        goneOrGoing(
          () => find(signal, (options) => client.send(command, options)),
          () => port.cluster(id, signal),
          signal,
        ),
      );
    },

    async snapshots(clusterId, signal) {
      const input = { DBClusterIdentifier: clusterId, SnapshotType: "manual" };
      const found = await all(
        signal,
        (options) => paginateDescribeDBClusterSnapshots({ client }, input, options),
        (page) => page.DBClusterSnapshots,
      );
      return found.map(({ DBClusterSnapshotIdentifier = "" }) => DBClusterSnapshotIdentifier);
    },

    async encryptedWith(keyArn, signal) {
      const Filters = [{ Name: "engine", Values: [engine] }];
      const [clusters, snapshots] = await Promise.all([
        all(
          signal,
          (options) => paginateDescribeDBClusters({ client }, { Filters }, options),
          (page) => page.DBClusters,
        ),
        all(
          signal,
          (options) => paginateDescribeDBClusterSnapshots({ client }, { SnapshotType: "manual" }, options),
          (page) => page.DBClusterSnapshots,
        ),
      ]);
      const isOfKey = ({ KmsKeyId }: { readonly KmsKeyId?: string | undefined }): boolean => KmsKeyId === keyArn;
      return {
        clusters: clusters.filter(isOfKey).map((cluster) => toCluster(cluster, {})),
        snapshots: snapshots.filter(isOfKey).map(({ DBClusterSnapshotIdentifier = "" }) => DBClusterSnapshotIdentifier),
      };
    },

    async instances(clusterId, signal) {
      const input = { Filters: [{ Name: "db-cluster-id", Values: [clusterId] }] };
      // A filter for a cluster that does not exist may be refused.
      const found = await find(signal, (options) =>
        itemsOf(paginateDescribeDBInstances({ client }, input, options), (page) => page.DBInstances),
      );
      return mapBounded(found ?? [], instancesAtOnce, (each) => read(each, signal));
    },

    async createInstance({ id, clusterId, tags, ...settings }, signal) {
      const command = new CreateDBInstanceCommand({
        ...toInstanceSettings(settings),
        DBInstanceIdentifier: id,
        DBInstanceClass: settings.instanceClass,
        DBClusterIdentifier: clusterId,
        Engine: engine,
        Tags: toTags(tags),
      });
      await ownOrTaken(
        () => call(signal, (options) => client.send(command, options)),
        /^DBInstanceAlreadyExists/,
        tags,
        () => instance(id, signal),
      );
    },

    async modifyInstance(id, changes, signal) {
      const input = { ...toInstanceSettings(changes), DBInstanceIdentifier: id, ApplyImmediately: true };
      await call(signal, (options) => client.send(new ModifyDBInstanceCommand(input), options));
    },

    async rebootInstance(id, signal) {
      const input = { DBInstanceIdentifier: id };
      await call(signal, (options) => client.send(new RebootDBInstanceCommand(input), options));
    },

    async deleteInstance(id, signal) {
      // The data of an instance is that of its cluster.
      const command = new DeleteDBInstanceCommand({ DBInstanceIdentifier: id, SkipFinalSnapshot: true });
      await goneOrGoing(
        () => find(signal, (options) => client.send(command, options)),
        () => instance(id, signal),
        signal,
      );
    },
  };
  return { port, close: () => client.destroy() };
}
