import { describe, expect, it } from "vitest";
import type { NewDbInstance } from "../../src/aws/rds/port.ts";
import { newNeptuneCluster } from "../support/cluster-settings.ts";
import { databaseSettings } from "../support/database-settings.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { awsChanges } from "../support/aws-changes.ts";
import { type Made, memoryEc2 } from "../support/memory-ec2.ts";
import { noFlowLogs } from "../support/memory-flow-logs.ts";
import { type MemoryAccount, memoryAccount, type MemoryStores, memoryStores } from "../support/memory-stores.ts";

const { signal } = new AbortController();
const tags = { Name: "a" };
const key = "arn:aws:kms:eu-west-1:111122223333:key/k";
const password = new SecretValue("hunter2hunter2hunter2");
const target = { name: "eu", awsRegion: "eu-west-1", accountId: "111122223333" };
const arn = "arn:aws:rds:eu-west-1:111122223333:db:source";

const source: NewDbInstance = {
  id: "source",
  database: "app",
  username: "gennet",
  password,
  keyArn: key,
  ...databaseSettings,
  tags,
};

/** A region with a database, a cache and a repository. */
async function madeWorld(): Promise<MemoryStores["ports"] & Pick<MemoryAccount, "databases" | "zones">> {
  const things: Made[] = [];
  const changes = awsChanges();
  const account = memoryAccount();
  const ec2 = memoryEc2(target, things, noFlowLogs, changes);
  const { ports } = memoryStores(target, account, things, changes);
  const vpc = await ec2.createVpc("10.0.0.0/16", tags, signal);
  const subnetIds = [
    await ec2.createSubnet(vpc, "10.0.0.0/24", "euw1-az3", tags, signal),
    await ec2.createSubnet(vpc, "10.0.1.0/24", "euw1-az1", tags, signal),
  ];
  await ports.rds.createSubnetGroup({ name: "own", subnetIds, tags }, signal);
  await ports.rds.createParameterGroup({ name: "own", family: "postgres17", tags }, signal);
  await ports.rds.createInstance(source, signal);
  while ((await ports.rds.instance("source", signal))?.status !== "available");
  await ports.secrets.create({ name: "a", description: "a", value: password, tags, replicas: ["us-east-1"] }, signal);
  await ports.ecr.createRepository({ name: "acme/a", immutableTags: true, scansOnPush: true, tags }, signal);
  const user = { engine: "valkey", access: "off ~* -@all", password, tags } as const;
  await ports.elasticache.createUser({ ...user, id: "default-user", name: "default" }, signal);
  await ports.elasticache.createUser({ ...user, id: "app-user", name: "app" }, signal);
  while ((await ports.elasticache.user("app-user", signal))?.status !== "active");
  while ((await ports.elasticache.user("default-user", signal))?.status !== "active");
  const zone = await ports.route53.createHostedZone("acme.example", "gennet/acme/", signal);
  await ports.route53.putRecord(zone, { name: "a.acme.example", type: "A", ttl: 60, values: ["192.0.2.1"] }, signal);
  return { ...ports, databases: account.databases, zones: account.zones };
}

type World = Awaited<ReturnType<typeof madeWorld>>;
const other = { Name: "other" };

const refusals: readonly (readonly [what: string, code: string, call: (world: World) => Promise<unknown>])[] = [
  [
    "a password with an @",
    "InvalidParameterValue",
    ({ rds }) => rds.createInstance({ ...source, id: "b", password: new SecretValue("p@ssword") }, signal),
  ],
  [
    "an instance of the same name",
    "DBInstanceAlreadyExists",
    ({ rds }) => rds.createInstance({ ...source, tags: other }, signal),
  ],
  [
    "another region's key",
    "KMSKeyNotAccessibleFault",
    ({ rds }) => rds.createInstance({ ...source, id: "b", keyArn: key.replace("eu-west-1", "us-east-1") }, signal),
  ],
  [
    "a replica of no source",
    "DBInstanceNotFound",
    ({ rds }) => rds.createReplica({ ...source, id: "b", sourceArn: `${arn}x` }, signal),
  ],
  [
    "a replica of a source without backups",
    "InvalidDBInstanceState",
    async ({ rds, databases }) => {
      Object.assign(databases.instances.get(arn) ?? {}, { backupDays: 0 });
      await rds.createReplica({ ...source, id: "b", sourceArn: arn }, signal);
    },
  ],
  [
    "a change of an instance that is being changed",
    "InvalidDBInstanceState",
    async ({ rds }) => {
      await rds.modifyInstance("source", { backupDays: 3 }, signal);
      await rds.modifyInstance("source", { backupDays: 4 }, signal);
    },
  ],
  [
    "smaller storage",
    "InvalidParameterCombination",
    ({ rds }) => rds.modifyInstance("source", { storageGb: 10 }, signal),
  ],
  [
    "the deletion of a protected instance",
    "InvalidParameterCombination",
    ({ rds }) => rds.deleteInstance("source", { snapshot: "s" }, signal),
  ],
  [
    "a final snapshot of a replica",
    "InvalidParameterCombination",
    async ({ rds, databases }) => {
      Object.assign(databases.instances.get(arn) ?? {}, { replicaOf: "x", deletionProtection: false });
      await rds.deleteInstance("source", { snapshot: "s" }, signal);
    },
  ],
  [
    "the deletion of a used subnet group",
    "InvalidDBSubnetGroupStateFault",
    ({ rds }) => rds.deleteSubnetGroup("own", signal),
  ],
  [
    "the deletion of a used parameter group",
    "InvalidDBParameterGroupState",
    ({ rds }) => rds.deleteParameterGroup("own", signal),
  ],
  [
    "the deletion of a protected cluster of Neptune",
    "InvalidParameterCombination",
    async ({ neptune }) => {
      await neptune.createParameterGroup({ name: "graph", family: "neptune1.4", tags }, signal);
      await neptune.createCluster(newNeptuneCluster, signal);
      await neptune.deleteCluster("graph", "last", signal);
    },
  ],
  [
    "an instance of a cluster of Neptune that is being created",
    "InvalidDBClusterStateFault",
    async ({ neptune }) => {
      await neptune.createParameterGroup({ name: "graph", family: "neptune1.4", tags }, signal);
      await neptune.createCluster(newNeptuneCluster, signal);
      const node = { id: "node", clusterId: "graph", instanceClass: "db.r6g.large", upgradesItself: false, tags };
      await neptune.createInstance(node, signal);
    },
  ],
  [
    "the deletion of a subnet group that a cluster of Neptune uses",
    "InvalidDBSubnetGroupStateFault",
    async ({ neptune, rds, databases }) => {
      databases.instances.clear();
      await neptune.createParameterGroup({ name: "graph", family: "neptune1.4", tags }, signal);
      await neptune.createCluster(newNeptuneCluster, signal);
      await rds.deleteSubnetGroup("own", signal);
    },
  ],
  [
    "the deletion of a secret with replicas",
    "InvalidRequestException",
    ({ secrets }) => secrets.delete("a", 7, signal),
  ],
  [
    "a secret whose name is reserved",
    "InvalidRequestException",
    async ({ secrets }) => {
      await secrets.removeReplicas("a", ["us-east-1"], signal);
      await secrets.delete("a", 7, signal);
      await secrets.create({ name: "a", description: "a", value: password, tags, replicas: [] }, signal);
    },
  ],
  [
    "a user group without a default user",
    "DefaultUserRequired",
    ({ elasticache }) =>
      elasticache.createUserGroup({ id: "g", engine: "valkey", userIds: ["app-user"], tags }, signal),
  ],
  [
    "a password of 15 characters",
    "InvalidParameterValue",
    ({ elasticache }) => elasticache.modifyUser("app-user", "on ~* +@all", new SecretValue("a".repeat(15)), signal),
  ],
  [
    "the deletion of a default user in a group",
    "DefaultUserAssociatedToUserGroup",
    async ({ elasticache }) => {
      await elasticache.createUserGroup(
        { id: "g", engine: "valkey", userIds: ["default-user", "app-user"], tags },
        signal,
      );
      await elasticache.deleteUser("default-user", signal);
    },
  ],
  [
    "a repository of the same name",
    "RepositoryAlreadyExistsException",
    ({ ecr }) => ecr.createRepository({ name: "acme/a", immutableTags: true, scansOnPush: true, tags: other }, signal),
  ],
  [
    "replication to the registry itself",
    "InvalidParameterException",
    ({ ecr }) => ecr.setReplicationRules([{ destinations: [target], prefixes: [] }], signal),
  ],
  [
    "the deletion of a zone with records",
    "HostedZoneNotEmpty",
    ({ route53 }) => route53.deleteHostedZone("Z1", signal),
  ],
  [
    "the deletion of a record that differs",
    "InvalidChangeBatch",
    ({ route53 }) =>
      route53.deleteRecord("Z1", { name: "a.acme.example", type: "A", ttl: 61, values: ["192.0.2.1"] }, signal),
  ],
  [
    "the deletion of a certificate in use",
    "ResourceInUseException",
    async ({ acm, zones }) => {
      await acm.requestCertificate(["acme.example"], tags, signal);
      const [used] = [...zones.certificates.values()];
      if (used !== undefined) zones.certificates.set(used.arn, { ...used, inUse: true });
      await acm.deleteCertificate(used?.arn ?? "", signal);
    },
  ],
];

describe("what the in-memory data stores reject", () => {
  it.each(refusals)("The in-memory data stores reject %s: %s", async (_what, code, call) => {
    const message = expect.stringContaining(`(${code})`) as string;
    await expect(call(await madeWorld())).rejects.toMatchObject({ code: "AWS_REJECTED", message });
  });
});
