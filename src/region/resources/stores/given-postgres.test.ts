import { beforeEach, describe, expect, it } from "vitest";
import type { MemoryDatabase } from "../../../../test/support/memory-rds.ts";
import { nonEmpty } from "../../../../test/support/non-empty.ts";
import { type StoreTrial, storeTrial } from "../../../../test/support/store-trial.ts";
import type { Finding } from "../../../core/finding.ts";
import { preflight } from "../../preflight/preflight.ts";
import type { RegionWorld } from "../../world.ts";
import { subnets } from "../subnets.ts";
import { vpc } from "../vpc.ts";
import { stores } from "./stores.ts";

const { signal } = new AbortController();
const theirs = "arn:aws:rds:eu-west-1:111122223333:db:orders-production";
const ours = "arn:aws:rds:eu-west-1:111122223333:db:acme-eu-postgres";
const us = "arn:aws:rds:us-east-1:111122223333:db:acme-us-postgres";
const tags = { owner: "orders" };
let cloud: StoreTrial;

/** Puts an instance and its login of another team into an empty account. */
async function othersDatabase(change: Partial<MemoryDatabase> = {}, spec: object = {}): Promise<StoreTrial> {
  const made = storeTrial([vpc, subnets, ...stores], { stores: { postgres: {} } });
  await made.bootstrap();
  const own = made.databases.instances.get(ours);
  const [login] = made.secrets;
  if (own === undefined || login === undefined) throw new Error("nothing was made");
  const trial = storeTrial([vpc, subnets, ...stores], {
    stores: { postgres: {} },
    each: { eu: { database: "orders-production" } },
    ...spec,
  });
  const place = { id: "orders-production", arn: theirs, tags, parameterGroup: "orders", replicas: [] };
  trial.databases.instances.set(theirs, { ...own, ...place, host: "orders.rds.example", ...change });
  trial.databases.parameterGroups.set("eu-west-1/orders", {
    name: "orders",
    family: "postgres17",
    parameters: {},
    tags,
  });
  const value = JSON.stringify({ username: "o", password: "p", host: "orders.rds.example", port: 5432, dbname: "o" });
  trial.secrets.push({ ...login, tags, values: [value] });
  return trial;
}

beforeEach(async () => {
  cloud = await othersDatabase();
});

async function findings(trial: StoreTrial): Promise<readonly Finding[]> {
  const world = trial.world("eu");
  const change = { step: "x", title: "X", operations: [{ verb: "create", target: "x" }] } as const;
  const quiet: RegionWorld = { ...world, aws: { ...world.aws, service: world.aws.service } };
  const found = await preflight([quiet], [{ name: "eu", changes: [change] }], signal);
  return found.filter(({ id }) => id === "preflight/given-database");
}

describe("a database that gennet.yaml gives", () => {
  it("Other regions get replicas of it, and it is not changed, tagged or removed", async () => {
    const before = { ...cloud.databases.instances.get(theirs), replicas: [us] };
    const secret = structuredClone(cloud.secrets);
    await cloud.bootstrap();
    expect(cloud.databases.instances.get(theirs)).toEqual(before);
    expect(cloud.databases.instances.get(us)).toMatchObject({ replicaOf: theirs, status: "available" });
    expect(cloud.secrets).toEqual(secret);
    expect(await cloud.pending()).toEqual({});
    const groups = [...cloud.databases.subnetGroups.keys(), ...cloud.databases.parameterGroups.keys()];
    for (const name of nonEmpty(groups)) expect(name).not.toContain("acme-eu");
    await cloud.destroy();
    expect(cloud.databases.instances.get(theirs)).toEqual({ ...before, replicas: [] });
    expect(cloud.databases.instances.size).toBe(1);
    expect(cloud.secrets).toEqual(secret);
  });

  it.each<readonly [what: string, change: Partial<MemoryDatabase>, reason: string]>([
    ["not encrypted", { encrypted: false }, "is not encrypted, and us needs a replica of it"],
    ["without backups", { backupDays: 0 }, "has no automated backups, and us needs a replica of it"],
    ["with a password that RDS manages", { managesPassword: true }, "RDS manages the password"],
    ["of another engine", { engine: "aurora-postgresql" }, "runs aurora-postgresql"],
    ["of another major version", { version: "15.4" }, "runs PostgreSQL 15.4, and stores.postgres.version is 17"],
    ["that failed", { status: "failed" }, "RDS reports failed"],
    [
      "gennet's own",
      { tags: { "gennet:platform": "acme", "gennet:region": "eu", "gennet:managed": "true" } },
      "remove database",
    ],
  ])("An instance (%s) is blocked with the field", async (_what, change, reason) => {
    const blocked = (await (await othersDatabase(change)).pending())["eu/postgres"];
    expect(blocked).toMatch(/^database: /);
    expect(blocked).toContain(reason);
  });

  it("Encryption, backups and the password only matter for replicas", async () => {
    const alone = await othersDatabase(
      { encrypted: false, backupDays: 0, managesPassword: true },
      { each: { eu: { database: "orders-production" }, us: { database: "orders-copy" } } },
    );
    const copy = "arn:aws:rds:us-east-1:111122223333:db:orders-copy";
    expect((await alone.pending())["us/postgres"]).toContain("RDS has no instance orders-copy in us-east-1");
    const source = alone.databases.instances.get(theirs) as MemoryDatabase;
    alone.databases.instances.set(copy, { ...source, id: "orders-copy", arn: copy, replicaOf: theirs });
    expect(Object.keys(await alone.pending())).not.toContain("eu/postgres");
    expect(Object.keys(await alone.pending())).not.toContain("us/postgres");
    alone.databases.instances.set(copy, { ...source, id: "orders-copy", arn: copy });
    expect((await alone.pending())["us/postgres"]).toContain(`orders-copy is no replica of ${theirs}`);
  });

  it("The version of the source decides on that of its replicas, if gennet.yaml leaves the minor version open", async () => {
    const any = await othersDatabase({ version: "17.9" });
    expect((await any.pending())["us/postgres-version"]).toEqual([
      { verb: "create", target: "version of acme-us-postgres", fields: { version: "17.9" } },
    ]);
    await any.bootstrap();
    expect(any.databases.instances.get(us)?.version).toBe("17.9");
    expect(await any.pending()).toEqual({});
  });

  it("A replica that is older than its source is upgraded, and one that is newer is left alone", async () => {
    await cloud.bootstrap();
    const versions = async (source: string, replica: string): Promise<unknown> => {
      Object.assign(cloud.databases.instances.get(theirs) ?? {}, { version: source });
      Object.assign(cloud.databases.instances.get(us) ?? {}, { version: replica });
      return cloud.pending();
    };
    expect(await versions("17.4", "17.9")).toEqual({});
    expect(await versions("17.9", "17.4")).toEqual({
      "us/postgres-version": [
        { verb: "update", target: "version of acme-us-postgres", field: "version", before: "17.4", after: "17.9" },
      ],
    });
    await cloud.bootstrap();
    expect(cloud.databases.instances.get(us)?.version).toBe("17.9");
  });

  it("A replica with an older version than its source is blocked before it is made, and a newer one is not", async () => {
    const spec = (version: string): object => ({ stores: { postgres: { version } } });
    const older = await othersDatabase({ version: "17.9" }, spec("17.4"));
    const reason = "its source orders-production runs PostgreSQL 17.9, gennet.yaml has 17.4";
    const blocked = await older.pending();
    expect(blocked["us/postgres"]).toContain(reason);
    expect(blocked["us/postgres-version"]).toContain(reason);
    await older.bootstrap();
    expect([...older.databases.instances.keys()]).toEqual([theirs]);
    const newer = await othersDatabase({ version: "17.4" }, spec("17.9"));
    await newer.bootstrap();
    expect(newer.databases.instances.get(theirs)?.version).toBe("17.4");
    expect(newer.databases.instances.get(us)?.version).toBe("17.9");
    expect(await newer.pending()).toEqual({});
  });

  it("Its login must be there, with a replica in each region, and the command that makes it is shown", async () => {
    cloud.secrets.length = 0;
    expect((await cloud.pending())["platform/postgres-login"]).toContain(
      "aws secretsmanager create-secret --name acme/postgres --secret-string file://login.json --region eu-west-1",
    );
    const [login] = (await othersDatabase()).secrets;
    if (login === undefined) throw new Error("there is no login");
    cloud.secrets.push({ ...login, replicas: [] });
    expect((await cloud.pending())["platform/postgres-login"]).toContain("--add-replica-regions Region=us-east-1");
  });

  it("TLS that is not demanded and a login with another address are warnings with a command", async () => {
    expect(await findings(cloud)).toMatchObject([{ severity: "skip" }]);
    cloud.databases.parameterGroups.set("eu-west-1/orders", {
      name: "orders",
      family: "postgres17",
      parameters: { "rds.force_ssl": "0" },
      tags,
    });
    const instance = cloud.databases.instances.get(theirs) as MemoryDatabase;
    cloud.databases.instances.set(theirs, { ...instance, host: "moved.rds.example" });
    expect(await findings(cloud)).toMatchObject([
      { severity: "warn", fix: expect.stringMatching(/^aws rds modify-db-parameter-group .*rds.force_ssl/) },
      { severity: "skip", summary: expect.stringContaining("whether pods of the region's VPC reach it") },
      { severity: "warn", subject: "secret acme/postgres", summary: expect.stringContaining("moved.rds.example:5432") },
    ]);
  });

  it("Private subnets that no security group of it admits are warnings with the command that admits them", async () => {
    const ec2 = await cloud.world("eu").aws.service("ec2");
    const vpcId = await ec2.createVpc("10.20.0.0/16", tags, signal);
    const one = await ec2.createSubnet(vpcId, "10.20.0.0/20", "euw1-az1", tags, signal);
    const two = await ec2.createSubnet(vpcId, "10.20.16.0/20", "euw1-az2", tags, signal);
    const group = await ec2.createSecurityGroup({ name: "db", description: "db", vpcId, tags }, signal);
    await ec2.allowIngress(group, 5432, "10.20.0.0/20", signal);
    const instance = cloud.databases.instances.get(theirs) as MemoryDatabase;
    cloud.databases.instances.set(theirs, { ...instance, vpcId, securityGroupIds: [group] });
    const inVpc = cloud.with({
      stores: { postgres: {} },
      each: { eu: { database: "orders-production", network: { vpc: vpcId, subnets: { private: [one, two] } } } },
    });
    expect(await findings(inVpc)).toMatchObject([
      {
        severity: "warn",
        summary: "no security group of it admits 10.20.16.0/20, where pods have their addresses, to port 5432",
        fix: `aws ec2 authorize-security-group-ingress --group-id ${group} --protocol tcp --port 5432 --cidr 10.20.16.0/20 --region eu-west-1`,
      },
    ]);
  });
});
