import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { join } from "node:path";
import { Redis } from "ioredis";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { askPod, type PodAnswer } from "../support/ask-pod.ts";
import { awsInventory } from "../support/aws-inventory.ts";
import { changedByHand } from "../support/changes-by-hand.ts";
import { runGennet } from "../support/cli.ts";
import { type Emulator, emulator } from "../support/emulator.ts";
import { type FullSandbox, fullSandbox } from "../support/full-sandbox.ts";
import { nonEmpty } from "../support/non-empty.ts";
import { type TestPlatform, type TestRegion, testPlatform } from "../support/test-platform.ts";
import { findUv } from "../support/uv.ts";

/**
 * The life of a platform in two regions: built, changed by hand, repaired, upgraded, rolled back, used by a service as
 * real pods on the data stores that were built, first read-only in the second region, destroyed, and built again. The
 * tests run in order: each builds on the previous ones.
 */
const name = "region";
let sandbox: FullSandbox;
let target: TestPlatform;
let requests: Emulator;
let home: TestRegion;
let other: TestRegion;
/** The gennet.yaml of the sandbox. */
let keys: { readonly regions: readonly object[] };
/** The two newest Kubernetes versions of EKS. */
let newest: string;
let previous: string;

// Programs that are not cached are compiled first.
beforeAll(async () => {
  sandbox = await fullSandbox(name, "eu-west-1,us-east-1");
  const { platform } = JSON.parse((await sandbox.sandbox("env", "--platform")).stdout) as { platform: string };
  keys = parse(platform) as typeof keys;
  target = await testPlatform(platform, sandbox.env);
  requests = emulator(sandbox.env["AWS_ENDPOINT_URL"] ?? "");
  [home, other] = target.regions as [TestRegion, TestRegion];
  const offered = ["eks", "describe-cluster-versions", "--query", "clusterVersions[].clusterVersion"];
  [newest, previous] = await target.aws(home, ...offered);
  await write({ kubernetes: previous });
}, 3_600_000);
afterAll(async () => {
  await target?.leave();
  await sandbox?.down();
});

interface Wish {
  readonly kubernetes: string;
  readonly writes?: "forward" | "read-only";
}

/** Writes a gennet.yaml with data stores and a Kubernetes version. */
async function write({ kubernetes, writes = "read-only" }: Wish): Promise<void> {
  const stores = { postgres: { writes, multiAz: false }, redis: { replicas: 0 } };
  const regions = keys.regions.map((region) => ({ ...region, kubernetes: { version: kubernetes } }));
  await writeFile(join(target.folder, "gennet.yaml"), stringify({ ...keys, stores, regions }));
}

async function succeed(...argv: string[]): Promise<any> {
  const { exit, document, stderr } = await target.ask(...argv);
  expect({ exit, stderr: exit === 0 ? "" : stderr }).toEqual({ exit: 0, stderr: "" });
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
    const expected = await changedByHand(target);
    const { exit, document } = await target.ask("region", "plan");
    expect(exit).toBe(8);
    expect(changed(document)).toEqual(expected.toSorted((one, two) => one.localeCompare(two)));
    expect(await leftByBootstrap()).toEqual(nothing);
  });
});

/** Returns the versions of the control plane and the nodes of a region, as AWS reports them. */
async function versionsOf(region: TestRegion): Promise<readonly string[]> {
  const version = ["--query", "*.version | [0]"];
  const group = ["describe-nodegroup", "--cluster-name", region.cluster, "--nodegroup-name", "default"];
  return Promise.all([
    target.aws(region, "eks", "describe-cluster", "--name", region.cluster, ...version),
    target.aws(region, "eks", ...group, ...version),
  ]);
}

describe("the Kubernetes version of a platform in two regions", () => {
  it("An upgrade that is stopped while it bakes has a new control plane and old nodes, and is rolled back", async () => {
    await write({ kubernetes: newest });
    const stop = new AbortController();
    const argv = ["region", "upgrade", home.name, "--bake", "1h", "--yes", "-o", "json"];
    const hear = (chunk: string): void => {
      if (chunk.includes("healthy, ")) stop.abort();
    };
    const upgrade = { cwd: target.folder, env: sandbox.env, interrupt: stop.signal, hear };
    const { exit, stderr } = await runGennet(argv, upgrade);
    expect({ exit, failure: JSON.parse(stderr.trimEnd().split("\n").at(-1) ?? "") }).toMatchObject({
      exit: 130,
      failure: { code: "INTERRUPTED", next: [`gennet ${argv.join(" ")}  # resumes from here`] },
    });
    expect(await versionsOf(home)).toEqual([newest, previous]);
    expect(await succeed("region", "rollback", home.name, "--yes")).toMatchObject({ from: newest, to: previous });
    expect(await versionsOf(home)).toEqual([previous, previous]);
  });

  it("Both regions are upgraded after a bake each, and a plan has nothing left to do", async () => {
    await succeed("region", "upgrade", "--bake", "2s", "--yes");
    expect([await versionsOf(home), await versionsOf(other)]).toEqual([
      [newest, newest],
      [newest, newest],
    ]);
    expect(changed(await succeed("region", "plan"))).toEqual([]);
  });
});

const ask = (region: TestRegion, method: string, path: string, body?: object): Promise<PodAnswer> =>
  askPod((...argv) => sandbox.kubectl("--context", region.name, ...argv), method, path, body);

/** Returns the login of the service, as it is in the region's Secrets Manager. */
async function loginOf(region: TestRegion, store: string): Promise<any> {
  const secret = ["secretsmanager", "get-secret-value", "--secret-id", `sandbox/orders/${store}`];
  return JSON.parse(await target.aws(region, ...secret, "--query", "SecretString"));
}

const authority = async (): Promise<string> => readFile(join(sandbox.root, "aws", "stores", "ca.crt"), "utf8");

/** Returns where the PostgreSQL of a region is. */
async function databaseOf(region: TestRegion): Promise<{ readonly Address: string; readonly Port: number }> {
  return target.aws(region, "rds", "describe-db-instances", "--query", "DBInstances[0].Endpoint");
}

async function cacheOf(region: TestRegion): ReturnType<typeof databaseOf> {
  const words = ["elasticache", "describe-replication-groups", "--query"];
  return target.aws(region, ...words, "ReplicationGroups[0].NodeGroups[0].PrimaryEndpoint");
}

/** Returns the names of all items in a region's own instance. */
async function namesIn(region: TestRegion): Promise<readonly string[]> {
  const { Address: host, Port: port } = await databaseOf(region);
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

/** Restarts the service's pods with their Secret of PostgreSQL, which has this key now. */
async function restartedWith(region: TestRegion, key: string): Promise<void> {
  const inCluster = (...argv: string[]): Promise<string> =>
    sandbox.kubectl("--context", region.name, "-n", "orders", ...argv);
  await inCluster("annotate", "externalsecret/postgres", "force-sync=now");
  await inCluster("wait", "secret/postgres", `--for=jsonpath={.data.${key}}`, "--timeout=60s");
  await inCluster("rollout", "restart", "deployment/orders");
  await inCluster("rollout", "status", "deployment/orders", "--timeout=120s");
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

  it("A service of a region without the source reads what the source has, and answers changes with 503 and the reason", async () => {
    const { status, body } = await ask(home, "POST", "/items", { name: "first" });
    expect(status).toBe(201);
    // A replica is a moment behind.
    await expect.poll(async () => ask(other, "GET", `/items/${body.id}`)).toMatchObject({ status: 200 });
    expect(await ask(other, "POST", "/items", { name: "refused" })).toMatchObject({
      status: 503,
      body: { detail: "Changes are not possible in this region: its database is a read replica." },
    });
    expect(await namesIn(other)).toEqual(["first"]);
  });

  it("A service gets the writer's name in its Secrets as soon as a bootstrap forwards writes to the source", async () => {
    await write({ kubernetes: newest, writes: "forward" });
    expect(await leftByBootstrap()).toEqual(nothing);
    await succeed("sandbox", "image", "orders", "orders", "--name", name);
    await Promise.all(
      [home, other].map(async (region) => {
        const { host, read_only: readOnly } = await loginOf(region, "postgres");
        expect({ host, readOnly }).toEqual({ host: "postgres-writer.sandbox.internal", readOnly: undefined });
        await restartedWith(region, "tls_names");
      }),
    );
  });

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
    expect(await namesIn(home)).toEqual(["first", ...[home, other].map((each) => `from ${each.name}`)]);
    expect(await keysIn(home)).toBeGreaterThan(0);
  });

  it("A service's database refuses connections without TLS", async () => {
    const { username: user, password, dbname: database } = await loginOf(home, "postgres");
    const { Address: host } = await databaseOf(home);
    const client = new Client({ host, user, password, database });
    await expect(client.connect()).rejects.toThrow(/no encryption/);
  });
});

describe("a platform that is destroyed", () => {
  it("After the destruction of both regions, only what was announced is left: clusters and data stores are gone", async () => {
    const stores = await Promise.all(
      [home, other].map(async (region) => [await databaseOf(region), await cacheOf(region)]),
    );
    await withoutTheService();
    const kept: string[] = [];
    for (const region of [other, home]) {
      const document = await succeed("region", "destroy", region.name, "--confirm", region.name);
      expect(document.left).toEqual([]);
      kept.push(...document.kept.map(({ what }: { what: string }) => what));
    }
    const awsRegions = target.regions.map(({ awsRegion }) => awsRegion);
    const left = await awsInventory(sandbox.env["AWS_ENDPOINT_URL"] ?? "", awsRegions, sandbox.succeed);
    expect(nonEmpty(left).filter(({ id }) => !kept.some((what) => what.includes(id)))).toEqual([]);
    for (const { Address: host, Port: port } of nonEmpty(stores.flat())) {
      await expect(connect(host, port)).rejects.toThrow("ECONNREFUSED");
    }
    for (const region of [home, other]) {
      await expect(target.kubectl(region, "get", "nodes")).rejects.toThrow(
        `No cluster found for name: ${region.cluster}`,
      );
    }
  });

  it("A bootstrap after the destruction builds both regions again", async () => {
    expect(await leftByBootstrap()).toEqual(nothing);
  });
});

/** What `sandbox image` created for the service belongs to no region. */
async function withoutTheService(): Promise<void> {
  for (const region of [home, other]) {
    await sandbox.kubectl("--context", region.name, "delete", "namespace", "orders", "--wait=false");
    for (const store of ["postgres", "redis"]) {
      const secret = ["--secret-id", `sandbox/orders/${store}`, "--force-delete-without-recovery"];
      await target.aws(region, "secretsmanager", "delete-secret", ...secret);
    }
  }
}

/** Connects to a data store, and leaves. */
async function connect(host: string, port: number): Promise<void> {
  const socket = createConnection({ host, port });
  try {
    await once(socket, "connect");
  } finally {
    socket.destroy();
  }
}
