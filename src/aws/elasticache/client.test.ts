import { inspect } from "node:util";
import { expect, it } from "vitest";
import { adapterTrial, queryAnswer, queryError } from "../../../test/support/adapter-trial.ts";
import { SecretValue } from "../../core/secret-value.ts";

const { signal } = new AbortController();
const trial = adapterTrial();
const arn = "arn:aws:elasticache:eu-west-1:111122223333:replicationgroup:acme-eu-redis";

const group = `<ReplicationGroups><ReplicationGroup>
  <ReplicationGroupId>acme-eu-redis</ReplicationGroupId><ARN>${arn}</ARN><Status>modifying</Status><Engine>valkey</Engine>
  <CacheNodeType>cache.t4g.small</CacheNodeType><AutomaticFailover>enabled</AutomaticFailover><MultiAZ>enabled</MultiAZ>
  <MemberClusters><ClusterId>acme-eu-redis-001</ClusterId><ClusterId>acme-eu-redis-002</ClusterId></MemberClusters>
  <TransitEncryptionEnabled>true</TransitEncryptionEnabled><TransitEncryptionMode>preferred</TransitEncryptionMode>
  <AtRestEncryptionEnabled>true</AtRestEncryptionEnabled><KmsKeyId>key</KmsKeyId>
  <UserGroupIds><member>acme-eu-redis</member></UserGroupIds>
  <PendingModifiedValues><TransitEncryptionMode>required</TransitEncryptionMode></PendingModifiedValues>
  <NodeGroups><NodeGroup><PrimaryEndpoint><Address>cache.example</Address><Port>6379</Port></PrimaryEndpoint></NodeGroup></NodeGroups>
</ReplicationGroup></ReplicationGroups>`;
const node = `<CacheClusters><CacheCluster><CacheClusterStatus>available</CacheClusterStatus>
  <EngineVersion>8.0.1</EngineVersion><CacheSubnetGroupName>subnets</CacheSubnetGroupName>
  <SecurityGroups><member><SecurityGroupId>sg-1</SecurityGroupId></member></SecurityGroups></CacheCluster></CacheClusters>`;
const tags = "<TagList><Tag><Key>a</Key><Value>b</Value></Tag></TagList>";

const results: Readonly<Record<string, string>> = {
  DescribeReplicationGroups: group,
  DescribeCacheClusters: node,
  ListTagsForResource: tags,
};

it("A group that could not be created is read with its last event", async () => {
  const event = (message: string, date: string): string =>
    `<Event><Message>${message}</Message><Date>${date}</Date></Event>`;
  const events = `<Events>${event("Out of capacity", "2026-11-30T11:00:00Z")}${event("Begun", "2026-11-30T10:00:00Z")}</Events>`;
  const failed = group.replace("<Status>modifying", "<Status>create-failed");
  const all: typeof results = { ...results, DescribeReplicationGroups: failed, DescribeEvents: events };
  const aws = await trial.query((call) => {
    const action = call.get("Action") ?? "";
    return queryAnswer(action, all[action] ?? "");
  });
  const found = await (await aws.service("elasticache")).replicationGroup("acme-eu-redis", signal);
  expect(found).toMatchObject({ status: "create-failed", lastEvent: "Out of capacity" });
});

it("A group of ElastiCache is read with the facts that only its nodes have", async () => {
  const aws = await trial.query((call) => {
    const action = call.get("Action") ?? "";
    return queryAnswer(action, results[action] ?? "");
  });
  expect(await (await aws.service("elasticache")).replicationGroup("acme-eu-redis", signal)).toEqual({
    id: "acme-eu-redis",
    status: "modifying",
    nodeStatuses: ["available"],
    engine: "valkey",
    version: "8.0.1",
    nodeType: "cache.t4g.small",
    replicas: 1,
    multiAz: true,
    failover: true,
    tls: "preferred",
    encrypted: true,
    keyArn: "key",
    userGroups: ["acme-eu-redis"],
    subnetGroup: "subnets",
    securityGroupIds: ["sg-1"],
    pending: ["TransitEncryptionMode"],
    host: "cache.example",
    port: 6379,
    tags: { a: "b" },
  });
});

it.each([
  ["ReplicationGroupNotFoundFault", "replicationGroup"],
  ["UserNotFound", "user"],
  ["UserGroupNotFound", "userGroup"],
  ["CacheSubnetGroupNotFoundFault", "subnetGroup"],
] as const)("What ElastiCache does not find is undefined: %s", async (code, read) => {
  const aws = await trial.query(() => queryError(code, "not found", 404));
  expect(await (await aws.service("elasticache"))[read]("acme", signal)).toBeUndefined();
});

it("A user of ElastiCache is created with one password, which is in no error", async () => {
  const seen: URLSearchParams[] = [];
  const aws = await trial.query((call) => {
    seen.push(call);
    return queryError("InvalidParameterValue", "no");
  });
  const password = new SecretValue("hunter2hunter2hunter2");
  const user = { id: "u", name: "app", engine: "valkey", access: "on ~* +@all", password, tags: {} } as const;
  const refused = await (await aws.service("elasticache")).createUser(user, signal).catch((thrown: unknown) => thrown);
  expect(refused).toMatchObject({ code: "AWS_REJECTED" });
  expect(inspect(refused, { depth: 9, showHidden: true })).not.toContain("hunter2");
  expect(seen.map((call) => call.get("Passwords.member.1"))).toEqual(["hunter2hunter2hunter2"]);
});

it("TLS of a group of ElastiCache is turned on in two calls", async () => {
  const seen: URLSearchParams[] = [];
  const aws = await trial.query((call) => {
    seen.push(call);
    return queryAnswer(call.get("Action") ?? "", "");
  });
  const cache = await aws.service("elasticache");
  await cache.changeTls("g", "preferred", signal);
  await cache.changeTls("g", "required", signal);
  const facts = seen.map((call) => [call.get("TransitEncryptionEnabled"), call.get("TransitEncryptionMode")]);
  expect(facts).toEqual([
    ["true", "preferred"],
    [null, "required"],
  ]);
});

it("A repeated deletion of a group that is being deleted succeeds", async () => {
  const aws = await trial.query((call) => {
    const action = call.get("Action") ?? "";
    if (action === "DeleteReplicationGroup") return queryError("InvalidReplicationGroupState", "not available");
    return queryAnswer(action, (results[action] ?? "").replace("modifying", "deleting"));
  });
  await expect((await aws.service("elasticache")).deleteReplicationGroup("acme-eu-redis", signal)).resolves.toBe(
    undefined,
  );
});
