import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Redis } from "ioredis";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { askPod, type PodAnswer } from "../support/ask-pod.ts";
import { type Emulator, emulator } from "../support/emulator.ts";
import { type FullSandbox, fullSandbox } from "../support/full-sandbox.ts";
import { nonEmpty } from "../support/non-empty.ts";
import { type TestPlatform, type TestRegion, testPlatform } from "../support/test-platform.ts";
import { findUv } from "../support/uv.ts";

/**
 * The life of a platform in two regions: built, changed by hand, repaired, and used by a service as real pods on the data
 * stores that were built. The tests run in order: each builds on the previous ones.
 */
const name = "region";
let sandbox: FullSandbox;
let target: TestPlatform;
let requests: Emulator;
let home: TestRegion;
let other: TestRegion;

// Programs that are not cached are compiled first.
beforeAll(async () => {
  sandbox = await fullSandbox(name, "eu-west-1,us-east-1");
  const { platform } = JSON.parse((await sandbox.sandbox("env", "--platform")).stdout) as { platform: string };
  const stores = {
    postgres: { writes: "forward", multiAz: false },
    redis: { replicas: 0 },
  };
  target = await testPlatform(stringify({ ...(parse(platform) as object), stores }), sandbox.env);
  requests = emulator(sandbox.env["AWS_ENDPOINT_URL"] ?? "");
  [home, other] = target.regions as [TestRegion, TestRegion];
}, 3_600_000);
afterAll(async () => {
  await target?.leave();
  await sandbox?.down();
});

async function succeed(...argv: string[]): Promise<any> {
  const { exit, document, stderr } = await target.ask(...argv);
  expect({ exit, stderr }).toMatchObject({ exit: 0 });
  return document;
}

/** Returns the ids of the resources that a plan changes, by region: `eu-west-1 postgres`. */
function changed(plan: any): readonly string[] {
  const regions = nonEmpty<any>(plan.regions).flatMap(({ name: region, changes }) =>
    changes.filter(({ action }: any) => action !== "none").map(({ step }: any) => `${region} ${step}`),
  );
  const shared = ((plan.platform?.changes ?? []) as any[]).filter(({ action }) => action !== "none");
  return [...regions, ...shared.map(({ step }) => `platform ${step}`)].toSorted((one, two) => one.localeCompare(two));
}

/** Returns what a plan after a bootstrap would change, and the calls of that plan that change something. */
async function leftByBootstrap(): Promise<{
  readonly changes: readonly string[];
  readonly mutating: readonly object[];
}> {
  await succeed("region", "bootstrap", "--yes");
  const { next } = await requests.requests();
  const changes = changed(await succeed("region", "plan"));
  const { items } = await requests.requests(next);
  return { changes, mutating: nonEmpty(items).filter(({ mutating }) => mutating) };
}

const nothing = { changes: [], mutating: [] };

describe("a platform in two regions", () => {
  it("A plan of an empty account is pending, and a bootstrap leaves a plan without changes", async () => {
    expect((await target.ask("region", "plan")).exit).toBe(8);
    expect(await leftByBootstrap()).toEqual(nothing);
  });

  it("Five changes by hand are exactly what a plan shows, and a bootstrap repairs them", async () => {
    await changedByHand();
    const { exit, document } = await target.ask("region", "plan");
    expect(exit).toBe(8);
    expect(changed(document)).toEqual(
      [
        `${home.name} postgres-settings`,
        `${home.name} subnets`,
        `${home.name} cluster-role`,
        `${other.name} redis-users`,
        `${other.name} redis-security-group`,
      ].toSorted((one, two) => one.localeCompare(two)),
    );
    expect(await leftByBootstrap()).toEqual(nothing);
  });
});

/** Changes one thing of five kinds with the AWS CLI. */
async function changedByHand(): Promise<void> {
  const prefix = (region: TestRegion): string => `sandbox-${region.name}`;
  const database = ["--db-instance-identifier", `${prefix(home)}-postgres`];
  await target.aws(
    home,
    "rds",
    "modify-db-instance",
    ...database,
    "--backup-retention-period",
    "1",
    "--apply-immediately",
  );
  await target.aws(home, "rds", "wait", "db-instance-available", ...database);

  const byName = (suffix: string): string => `Name=tag:Name,Values=${suffix}`;
  const subnets = ["ec2", "describe-subnets", "--filters", byName(`${prefix(home)}-private-*`)];
  const [subnet] = await target.aws(home, ...subnets, "--query", "Subnets[].SubnetId");
  await target.aws(home, "ec2", "delete-tags", "--resources", subnet, "--tags", "Key=kubernetes.io/role/internal-elb");

  const role = ["--role-name", `${prefix(home)}-cluster`];
  const policies = await target.aws(home, "iam", "list-attached-role-policies", ...role);
  const { PolicyArn } = policies.AttachedPolicies[0];
  await target.aws(home, "iam", "detach-role-policy", ...role, "--policy-arn", PolicyArn);

  const user = ["--user-id", `${prefix(other)}-redis-app`, "--access-string", "on ~* &* +@read"];
  await target.aws(other, "elasticache", "modify-user", ...user);

  const groups = ["ec2", "describe-security-groups", "--filters", byName(`${prefix(other)}-redis`)];
  const [group] = await target.aws(other, ...groups, "--query", "SecurityGroups[].GroupId");
  const rule = ["--protocol", "tcp", "--port", "6379", "--cidr", "0.0.0.0/0"];
  await target.aws(other, "ec2", "authorize-security-group-ingress", "--group-id", group, ...rule);
}

const ask = (region: TestRegion, method: string, path: string, body?: object): Promise<PodAnswer> =>
  askPod((...argv) => sandbox.kubectl("--context", region.name, ...argv), method, path, body);

/** Returns the login of the service, as it is in the region's Secrets Manager. */
async function loginOf(region: TestRegion, store: string): Promise<any> {
  const secret = ["secretsmanager", "get-secret-value", "--secret-id", `sandbox/orders/${store}`];
  return JSON.parse(await target.aws(region, ...secret, "--query", "SecretString"));
}

const authority = async (): Promise<string> => readFile(join(sandbox.root, "aws", "stores", "ca.crt"), "utf8");

/** Returns the names of all items in a region's own instance. */
async function namesIn(region: TestRegion): Promise<readonly string[]> {
  const words = ["rds", "describe-db-instances", "--query", "DBInstances[0].Endpoint"];
  const { Address: host, Port: port } = await target.aws(region, ...words);
  const { username: user, password, dbname: database } = await loginOf(region, "postgres");
  const client = new Client({ host, port, user, password, database, ssl: { ca: await authority() } });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>("SELECT name FROM items ORDER BY name");
    return rows.map((row) => row.name);
  } finally {
    await client.end();
  }
}

/** Returns how many keys of the service are in a region's cache. */
async function keysIn(region: TestRegion): Promise<number> {
  const { host, port, username, password } = await loginOf(region, "redis");
  const client = new Redis({ host, port, username, password, tls: { ca: await authority() }, lazyConnect: true });
  await client.connect();
  try {
    return (await client.keys("orders:*")).length;
  } finally {
    client.disconnect();
  }
}

describe("a scaffolded service on the stores of a platform in two regions", () => {
  it("A service gets its accounts at the source, and becomes available in both regions with the Secrets of AWS", async () => {
    const service = ["orders", "--domain", "shop", "--owner", "team-shop", "--entity", "item"];
    await succeed("new", "service", ...service, "--features", "postgres,redis");
    await sandbox.succeed(await findUv(), "sync", "--quiet", "--no-dev", "--directory", join(target.folder, "orders"));
    await succeed("sandbox", "image", "orders", "orders", "--name", name);
    await succeed("sandbox", "run", "orders", "--name", name, "--wait", "4m");
    for (const region of [home, other]) {
      const context = ["--context", region.name, "-n", "orders"];
      await sandbox.kubectl(...context, "wait", "job/orders-migrate", "--for=condition=complete", "--timeout=120s");
      expect((await ask(region, "GET", "/health/ready")).status).toBe(200);
    }
  }, 600_000);

  it("A service writes from both regions, and each region reads what the other one wrote", async () => {
    const written = await Promise.all(
      [home, other].map(async (region) => {
        const { status, body } = await ask(region, "POST", "/items", { name: `from ${region.name}` });
        expect(status).toBe(201);
        return body.id as string;
      }),
    );
    for (const region of [home, other]) {
      for (const id of nonEmpty(written)) expect((await ask(region, "GET", `/items/${id}`)).status).toBe(200);
    }
    expect(await namesIn(home)).toEqual([home, other].map((each) => `from ${each.name}`));
    expect(await keysIn(home)).toBeGreaterThan(0);
  });

  it("A service's database refuses connections without TLS", async () => {
    const { username: user, password, dbname: database } = await loginOf(home, "postgres");
    const words = ["rds", "describe-db-instances", "--query", "DBInstances[0].Endpoint.Address"];
    const client = new Client({ host: await target.aws(home, ...words), user, password, database });
    await expect(client.connect()).rejects.toThrow(/no encryption/);
  });
});
