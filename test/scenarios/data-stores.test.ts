import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isThere } from "../../src/core/is-there.ts";
import { processesIn } from "../../sandbox/src/processes/daemon.ts";
import { processTable } from "../../sandbox/src/processes/process-table.ts";
import type { StoreAddress } from "../../sandbox/src/stores/addresses.ts";
import { killAll } from "../support/kill-all.ts";
import { askPod, type PodAnswer } from "../support/ask-pod.ts";
import { type Ended, run, runGennet } from "../support/cli.ts";
import { assertDocument } from "../support/documents.ts";
import { traces } from "../support/kernel-traces.ts";
import { nonEmpty } from "../support/non-empty.ts";
import { referees } from "../support/referees.ts";
import { answersOf } from "../support/store-drivers.ts";
import { findUv } from "../support/uv.ts";

/** A sandbox of profile full with data stores, and a service that uses all of them. */
const name = "stores";
const region = "eu-central-1";
let work: string;
let env: Record<string, string>;
let stores: readonly StoreAddress[];
let before: readonly string[];

const sandbox = (command: string, ...argv: string[]): Promise<Ended> =>
  runGennet(["sandbox", command, "--name", name, "-o", "json", ...argv], { env, cwd: work });
const root = (): string => join(work, "state", "gennet", "sandbox", name);
const bringUp = (): Promise<unknown> =>
  ok(sandbox("up", "--regions", region, "--profile", "full", "--with", "postgres,redis,neo4j"));

async function ok(
  ended: Promise<Ended>,
): Promise<{ readonly items: readonly never[]; readonly [field: string]: unknown }> {
  const { exit, stdout, stderr } = await ended;
  if (exit !== 0) throw new Error(stderr);
  const document = JSON.parse(stdout) as { items: readonly never[] };
  assertDocument(document);
  return document;
}

async function succeed(program: string, argv: readonly string[], cwd = work): Promise<string> {
  const { exit, stdout, stderr } = await run(program, argv, { env, cwd });
  if (exit !== 0) throw new Error(`${program} ${argv.join(" ")} ended with ${exit}: ${stderr}`);
  return stdout;
}

const kubectl = async (...argv: string[]): Promise<string> => succeed((await referees()).kubectl, argv);
const aws = async (...argv: string[]): Promise<string> =>
  succeed((await referees()).aws, ["secretsmanager", ...argv, "--region", region, "--output", "text"]);

async function apply(object: object): Promise<void> {
  const file = join(work, "object.json");
  await writeFile(file, JSON.stringify(object));
  await kubectl("apply", "--server-side", "-f", file);
}

/** Returns the components by state, without the running ones. */
async function troubles(): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await sandbox("status");
  const { items } = JSON.parse(stdout) as { items: readonly { component: string; state: string }[] };
  return Object.fromEntries(
    items.filter(({ state }) => state !== "running").map((each) => [each.component, each.state]),
  );
}

const ask = (method: string, path: string, body?: object): Promise<PodAnswer> => askPod(kubectl, method, path, body);

const soon = { timeout: 180_000, interval: 500 };

// Programs that are not cached are downloaded and compiled first.
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "gennet-stores-"));
  env = { XDG_STATE_HOME: join(work, "state") };
  before = await traces(root());
  await bringUp();
  const shown = await ok(sandbox("env", "--platform"));
  stores = shown["stores"] as typeof stores;
  env = { ...env, ...(shown["variables"] as typeof env) };
  await writeFile(join(work, "gennet.yaml"), shown["platform"] as string);
  const service = ["orders", "--domain", "shop", "--owner", "team-shop", "--entity", "item"];
  const flags = ["--features", "postgres,redis,neo4j"];
  const { exit, stderr } = await runGennet(["new", "service", ...service, ...flags], { env, cwd: work });
  if (exit !== 0) throw new Error(stderr);
  await succeed(await findUv(), ["sync", "--quiet", "--no-dev"], join(work, "orders"));
  await apply({ apiVersion: "v1", kind: "Node", metadata: { name: "n1" } });
  await ok(sandbox("image", "orders", "orders"));
}, 3_600_000);
afterAll(async () => {
  await sandbox("down");
  await rm(work, { recursive: true, force: true });
});

describe("sandbox up --with", () => {
  it("sandbox up --with starts stores that work with their drivers", async () => {
    expect(await answersOf(stores)).toEqual({ postgres: 1, redis: "PONG", neo4j: 1 });
  });

  it("sandbox up --with prints the addresses of the stores, and not their passwords", async () => {
    const shown = await Promise.all([sandbox("env"), sandbox("status"), sandbox("up")]);
    for (const { passwordFile } of nonEmpty(stores)) {
      const password = await readFile(passwordFile, "utf8");
      expect(password.length).toBeGreaterThan(20);
      expect(shown.some(({ stdout, stderr }) => `${stdout}${stderr}`.includes(password))).toBe(false);
      const processes = nonEmpty((await processTable()).values());
      expect(processes.filter(({ args }) => args.join(" ").includes(password))).toEqual([]);
    }
  });
});

describe("a service that stores data", () => {
  it("A service gets an account in each store once, with its secret where the service expects it", async () => {
    const versions = (): Promise<string[]> =>
      Promise.all(
        ["postgres", "redis", "neo4j"].map(async (store) =>
          aws("get-secret-value", "--secret-id", `sandbox/orders/${store}`, "--query", "VersionId"),
        ),
      );
    const first = await versions();
    await ok(sandbox("image", "orders", "orders"));
    expect(await versions()).toEqual(first);
  });

  it("A service starts from its own manifests, with the Secrets that External Secrets created", async () => {
    await ok(sandbox("run", "orders", "--context", region, "--wait", "4m"));
    const ready = "jsonpath={range .items[*]}{.metadata.name}={.status.conditions[0].reason} {end}";
    expect(await kubectl("get", "externalsecrets", "-n", "orders", "-o", ready)).toBe(
      "neo4j=SecretSynced postgres=SecretSynced redis=SecretSynced ",
    );
    await kubectl("wait", "-n", "orders", "job/orders-migrate", "--for=condition=complete", "--timeout=120s");
    await kubectl("wait", "-n", "orders", "deployment/orders", "--for=condition=available", "--timeout=120s");
    expect((await ask("GET", "/health/ready")).status).toBe(200);
  });

  it("A service stores items", async () => {
    const { status, body } = await ask("POST", "/items", { name: "a kettle" });
    expect(status).toBe(201);
    const { id } = body as { id: string };
    expect(await ask("GET", `/items/${id}`)).toMatchObject({ status: 200, body: { id } });
    expect((await ask("GET", `/items/${id}/related`)).status).toBe(200);
  });
});

describe("sandbox fail and heal", () => {
  it.each([
    ["istiod", ["istiod"]],
    ["argocd", ["argocd-application-controller", "argocd-repo-server", "argocd-server"]],
    ["eso", ["external-secrets"]],
    ["store", ["store-neo4j", "store-postgres", "store-redis"]],
  ])("sandbox fail and heal work for %s", async (what, components) => {
    await ok(sandbox("fail", what));
    const failed = Object.entries(await troubles()).filter(([, state]) => state === "failed");
    expect(failed.map(([component]) => component).sort()).toEqual(components);
    await ok(sandbox("heal", what));
    await expect.poll(troubles, soon).toEqual({});
  });

  it("sandbox fail region makes an API server unreachable, and heal brings back all its data", async () => {
    const names = await kubectl("get", "namespaces", "-o", "name");
    await ok(sandbox("fail", "region", region));
    expect((await troubles())["kube-apiserver"]).toBe("failed");
    await expect(kubectl("get", "namespaces")).rejects.toThrow("refused");
    await ok(sandbox("heal", "region", region));
    expect(await kubectl("get", "namespaces", "-o", "name")).toBe(names);
    await expect.poll(troubles, soon).toEqual({});
  });

  it("sandbox fail store keeps the store's data, and the service reconnects after heal", async () => {
    const { body } = await ask("POST", "/items", { name: "a cup" });
    const { id } = body as { id: string };
    await ok(sandbox("fail", "store", "postgres"));
    await expect.poll(async () => (await ask("GET", "/health/ready")).status, soon).toBe(503);
    await ok(sandbox("heal", "store", "postgres"));
    await expect.poll(async () => (await ask("GET", "/health/ready")).status, soon).toBe(200);
    expect((await ask("GET", `/items/${id}`)).status).toBe(200);
  });

  it("sandbox fail eso delays a secret's change until heal", async () => {
    const secret = {
      apiVersion: "external-secrets.io/v1",
      kind: "ExternalSecret",
      metadata: { name: "late", namespace: "default" },
    };
    const spec = {
      refreshInterval: "1h",
      secretStoreRef: { kind: "ClusterSecretStore", name: "aws-secrets-manager" },
      dataFrom: [{ extract: { key: "sandbox/orders/redis" } }],
    };
    await ok(sandbox("fail", "eso"));
    await apply({ ...secret, spec });
    await ok(sandbox("heal", "eso"));
    const keys = async (): Promise<string> =>
      kubectl("get", "secrets", "-n", "default", "-o", "jsonpath={.items[?(@.metadata.name=='late')].data.host}");
    await expect.poll(keys, soon).toBe(Buffer.from("redis.data.svc.cluster.local").toString("base64"));
  });

  it("sandbox fail rejects components that do not exist", async () => {
    const { exit, stderr } = await sandbox("fail", "region", "mars-1");
    expect({ exit, stderr }).toMatchObject({ exit: 2, stderr: expect.stringContaining("REGION_UNKNOWN") as string });
  });

  it("sandbox up restores everything that was failed on purpose", async () => {
    await ok(sandbox("fail", "istiod"));
    await ok(sandbox("fail", "store", "redis"));
    await bringUp();
    expect(await troubles()).toEqual({});
  });
});

describe("a sandbox after a crash", () => {
  it("sandbox up after a crash finds the stores again, and recreates what AWS lost", async () => {
    killAll(processesIn(await processTable(), root()));
    await bringUp();
    expect(await answersOf(stores)).toEqual({ postgres: 1, redis: "PONG", neo4j: 1 });
    await kubectl("annotate", "-n", "orders", "externalsecret", "--all", "--overwrite", "again=1");
    await kubectl("rollout", "restart", "-n", "orders", "deployment/orders");
    await kubectl("rollout", "status", "-n", "orders", "deployment/orders", "--timeout=180s");
    expect((await ask("GET", "/health/ready")).status).toBe(200);
  });

  it("sandbox down after a crash leaves nothing behind", async () => {
    await ok(sandbox("down"));
    expect(processesIn(await processTable(), work)).toEqual([]);
    expect(await traces(root())).toEqual(before);
    expect(await isThere(root())).toBe(false);
  });
});
