import {
  CreateDBInstanceCommand,
  CreateDBInstanceReadReplicaCommand,
  DeleteDBInstanceCommand,
  DescribeDBInstancesCommand,
  type DBInstance,
  ModifyDBInstanceCommand,
  PromoteReadReplicaCommand,
  RDSClient,
} from "@aws-sdk/client-rds";
import { Client } from "pg";
import { beforeAll, describe, expect, it } from "vitest";
import { type AwsEndpoint, startAwsEndpoint } from "../support/aws-endpoint.ts";

const first = "the-first-password";
const second = "the-second-password";
const patience = { timeout: 60_000, interval: 200 };

let aws: AwsEndpoint;
beforeAll(async () => {
  aws = await startAwsEndpoint(600, { servers: true });
  return () => aws.stop();
});

const rds = (region: string): RDSClient => new RDSClient({ ...aws.client, region });

async function instance(region: string, name: string): Promise<DBInstance | undefined> {
  const { DBInstances = [] } = await rds(region).send(new DescribeDBInstancesCommand({}));
  return DBInstances.find(({ DBInstanceIdentifier }) => DBInstanceIdentifier === name);
}

const statusOf = async (region: string, name: string): Promise<string | undefined> =>
  (await instance(region, name))?.DBInstanceStatus;

/** The rows of a statement, over TLS with the server's certificate verified. */
async function ask(region: string, name: string, password: string, statement: string): Promise<unknown[]> {
  const { Address = "", Port = 0 } = (await instance(region, name))?.Endpoint ?? {};
  const login = { host: Address, port: Port, user: "owner", password, database: "orders" };
  const client = new Client({ ...login, ssl: { ca: await aws.authority(), servername: "localhost" } });
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text: statement, rowMode: "array" })).rows;
  } finally {
    await client.end();
  }
}

const wanted = {
  DBInstanceIdentifier: "orders",
  DBInstanceClass: "db.t4g.medium",
  Engine: "postgres",
  MasterUsername: "owner",
  MasterUserPassword: first,
  DBName: "orders",
  AllocatedStorage: 20,
};

describe("the sandbox's RDS", () => {
  it("A database can be reached by its driver, changes its password, is replicated to another region, and leaves nothing", async () => {
    const here = rds("eu-west-1");
    await here.send(new CreateDBInstanceCommand(wanted));
    await expect.poll(() => statusOf("eu-west-1", "orders"), patience).toBe("available");
    await ask("eu-west-1", "orders", first, "CREATE TABLE items AS SELECT 'first' AS name");

    await here.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: "orders", MasterUserPassword: second }));
    const pending = async (): Promise<unknown> => (await instance("eu-west-1", "orders"))?.PendingModifiedValues;
    await expect.poll(pending, patience).toEqual({});
    await expect(ask("eu-west-1", "orders", first, "SELECT 1")).rejects.toThrow("password authentication failed");
    expect(await ask("eu-west-1", "orders", second, "SELECT name FROM items")).toEqual([["first"]]);

    const source = (await instance("eu-west-1", "orders"))?.DBInstanceArn;
    const there = rds("us-east-1");
    await there.send(
      new CreateDBInstanceReadReplicaCommand({ DBInstanceIdentifier: "copy", SourceDBInstanceIdentifier: source }),
    );
    await expect.poll(() => statusOf("us-east-1", "copy"), patience).toBe("available");
    await ask("eu-west-1", "orders", second, "INSERT INTO items VALUES ('second')");
    const counted = (): Promise<unknown[]> => ask("us-east-1", "copy", second, "SELECT count(*) FROM items");
    await expect.poll(counted, patience).toEqual([["2"]]);
    const insert = "INSERT INTO items VALUES ('third')";
    await expect(ask("us-east-1", "copy", second, insert)).rejects.toThrow("read-only transaction");

    await there.send(new PromoteReadReplicaCommand({ DBInstanceIdentifier: "copy", BackupRetentionPeriod: 1 }));
    const role = async (): Promise<unknown> => {
      const found = await instance("us-east-1", "copy");
      return [found?.DBInstanceStatus, found?.ReadReplicaSourceDBInstanceIdentifier];
    };
    await expect.poll(role, patience).toEqual(["available", undefined]);
    await ask("us-east-1", "copy", second, insert);
    expect(await counted()).toEqual([["3"]]);

    for (const [client, name] of [[here, "orders"] as const, [there, "copy"] as const]) {
      await client.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: name, SkipFinalSnapshot: true }));
    }
    await expect.poll(() => instance("us-east-1", "copy"), patience).toBeUndefined();
    await expect.poll(() => aws.servers(), patience).toEqual([]);
  });

  it("A killed AWS endpoint leaves no database behind", async () => {
    await rds("eu-west-1").send(new CreateDBInstanceCommand({ ...wanted, DBInstanceIdentifier: "left" }));
    await expect.poll(() => statusOf("eu-west-1", "left"), patience).toBe("available");
    expect(await aws.servers()).not.toEqual([]);
    await aws.kill();
    await expect.poll(() => aws.servers(), patience).toEqual([]);
  });
});
