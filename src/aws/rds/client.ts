import {
  CreateDBInstanceCommand,
  CreateDBInstanceReadReplicaCommand,
  DeleteDBInstanceCommand,
  DescribeDBInstancesCommand,
  ModifyDBInstanceCommand,
  paginateDescribeDBInstanceAutomatedBackups,
  paginateDescribeDBInstances,
  paginateDescribeDBSnapshots,
  paginateDescribeEvents,
  RDSClient,
  RebootDBInstanceCommand,
} from "@aws-sdk/client-rds";
import { callsTo } from "../calls.ts";
import { databaseEvents } from "../database-event.ts";
import { goneOrGoing } from "../gone-or-going.ts";
import { ownOrTaken } from "../own-or-taken.ts";
import { type Connected, nameErrors, type Session } from "../session.ts";
import { toTags } from "../tags.ts";
import { groupCalls } from "./groups.ts";
import type { Rds } from "./port.ts";
import { toInstance, toRemains, toSettings } from "./shapes.ts";

/** Connects to RDS through its SDK. */
export function createRds(session: Session): Connected<Rds> {
  const client = new RDSClient(session.config());
  nameErrors(client.middlewareStack);
  const calls = callsTo(session);
  const { call, find } = calls;

  const event = databaseEvents(calls, (input, options) => paginateDescribeEvents({ client }, input, options));

  const port: Rds = {
    ...groupCalls(client, calls),

    async instance(id, signal) {
      const answer = await find(signal, (options) =>
        client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: id }), options),
      );
      const found = answer?.DBInstances?.[0];
      return found && { ...toInstance(found), ...(await event("db-instance", id, found.DBInstanceStatus, signal)) };
    },

    async createInstance(instance, signal) {
      const command = new CreateDBInstanceCommand({
        ...toSettings(instance),
        DBInstanceIdentifier: instance.id,
        DBInstanceClass: instance.instanceClass,
        Engine: "postgres",
        DBName: instance.database,
        MasterUsername: instance.username,
        MasterUserPassword: instance.password.reveal(),
        StorageEncrypted: true,
        KmsKeyId: instance.keyArn,
        DBSubnetGroupName: instance.subnetGroup,
        Tags: toTags(instance.tags),
      });
      await ownOrTaken(
        () => call(signal, (options) => client.send(command, options)),
        /^DBInstanceAlreadyExists/,
        instance.tags,
        () => port.instance(instance.id, signal),
      );
    },

    async createReplica(replica, signal) {
      // Only these: RDS refuses a parameter group here, and has the others from the source.
      const { instanceClass, multiAz, securityGroupIds, deletionProtection, tagsSnapshots, isPublic } = replica;
      const command = new CreateDBInstanceReadReplicaCommand({
        ...toSettings({ instanceClass, multiAz, securityGroupIds, deletionProtection, tagsSnapshots, isPublic }),
        DBInstanceIdentifier: replica.id,
        // From its ARN, the SDK knows the region of the source and signs the request that RDS makes there.
        SourceDBInstanceIdentifier: replica.sourceArn,
        KmsKeyId: replica.keyArn,
        DBSubnetGroupName: replica.subnetGroup,
        Tags: toTags(replica.tags),
      });
      await ownOrTaken(
        () => call(signal, (options) => client.send(command, options)),
        /^DBInstanceAlreadyExists/,
        replica.tags,
        () => port.instance(replica.id, signal),
      );
    },

    async modifyInstance(id, changes, signal) {
      const input = { ...toSettings(changes), DBInstanceIdentifier: id, ApplyImmediately: true };
      await call(signal, (options) => client.send(new ModifyDBInstanceCommand(input), options));
    },

    async rebootInstance(id, signal) {
      const input = { DBInstanceIdentifier: id, ForceFailover: false };
      await call(signal, (options) => client.send(new RebootDBInstanceCommand(input), options));
    },

    async deleteInstance(id, remains, signal) {
      const input = { DBInstanceIdentifier: id, ...toRemains(remains) };
      await goneOrGoing(
        () => find(signal, (options) => client.send(new DeleteDBInstanceCommand(input), options)),
        () => port.instance(id, signal),
        signal,
      );
    },

    async snapshots(instanceId, signal) {
      const input = { DBInstanceIdentifier: instanceId, SnapshotType: "manual" };
      const found = await calls.all(
        signal,
        (options) => paginateDescribeDBSnapshots({ client }, input, options),
        (page) => page.DBSnapshots,
      );
      return found.map(({ DBSnapshotIdentifier = "" }) => DBSnapshotIdentifier);
    },

    async encryptedWith(keyArn, signal) {
      const [instances, snapshots, backups] = await Promise.all([
        calls.all(
          signal,
          (options) => paginateDescribeDBInstances({ client }, {}, options),
          (page) => page.DBInstances,
        ),
        calls.all(
          signal,
          (options) => paginateDescribeDBSnapshots({ client }, { SnapshotType: "manual" }, options),
          (page) => page.DBSnapshots,
        ),
        calls.all(
          signal,
          (options) => paginateDescribeDBInstanceAutomatedBackups({ client }, {}, options),
          (page) => page.DBInstanceAutomatedBackups,
        ),
      ]);
      const isOfKey = ({ KmsKeyId }: { readonly KmsKeyId?: string | undefined }): boolean => KmsKeyId === keyArn;
      // An instance of a cluster has no data beside it: Aurora's and Neptune's are listed here, too.
      const alone = instances.filter((each) => isOfKey(each) && !each.DBClusterIdentifier);
      // Those of an instance that exists go with it.
      const retained = backups.filter((each) => isOfKey(each) && each.Status === "retained");
      return {
        instances: alone.map(toInstance),
        snapshots: snapshots.filter(isOfKey).map(({ DBSnapshotIdentifier = "" }) => DBSnapshotIdentifier),
        backups: retained.map(({ DBInstanceIdentifier = "" }) => DBInstanceIdentifier),
      };
    },
  };
  return { port, close: () => client.destroy() };
}
