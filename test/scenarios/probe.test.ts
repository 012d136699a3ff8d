import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StoreAddress } from "../../sandbox/src/stores/addresses.ts";
import type { ProbeReport } from "../../src/commands/probe/probe.run.ts";
import type { RunbookTests } from "../../src/commands/runbook/test.run.ts";
import type { StatusReport } from "../../src/health/status-report.ts";
import { repository, runGennet } from "../support/cli.ts";
import { assertDocument } from "../support/documents.ts";
import { type FullSandbox, fullSandbox } from "../support/full-sandbox.ts";
import { unpackPackage } from "../support/packed-package.ts";
import { referees } from "../support/referees.ts";
import { injected, meshed, node, service, strict } from "../support/mesh-manifests.ts";

/** gennet's package as the image of pods, as its Dockerfile says, and what these pods find out. */
const region = "eu-central-1";
const stores = { postgres: "postgres.data.svc.cluster.local", redis: "redis.data.svc.cluster.local" } as const;
let full: FullSandbox;

interface Probed {
  readonly exit: number | null;
  readonly outcomes: readonly (readonly [outcome: string, reason: string | number | undefined])[];
  readonly items: ProbeReport["items"];
}

async function probe(...words: string[]): Promise<Probed> {
  const { exit, stdout, stderr } = await full.gennet(["probe", "--in-pod", "-n", "shop", "-o", "json", "-q", ...words]);
  if (stdout === "") throw new Error(`gennet probe ${words.join(" ")} ended with ${exit}: ${stderr}`);
  const document = JSON.parse(stdout) as ProbeReport;
  assertDocument(document);
  const { items, findings } = document;
  expect(findings).toEqual([]);
  return { exit, outcomes: items.map(({ outcome, trouble, status }) => [outcome, trouble ?? status]), items };
}

const inPods = (...words: string[]): Promise<Probed> => probe("--image", "gennet:packed", ...words);

/** What probes have created and is still there. */
const left = (): Promise<string> =>
  full.kubectl(
    "-n",
    "shop",
    "get",
    "jobs,serviceaccounts,pods",
    "-l",
    "app.kubernetes.io/name=gennet-probe",
    "-o",
    "name",
  );

function login(name: string, values: Readonly<Record<string, string>>): object {
  return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace: "shop" }, stringData: values };
}

/** Registers gennet's package: its Dockerfile names the command, the user and the trust store. */
async function registerPackage(): Promise<void> {
  const image = await full.sandbox("image", "gennet:packed", await unpackPackage(full.work));
  if (image.exit !== 0) throw new Error(image.stderr);
}

// Programs that are not cached are compiled first.
beforeAll(async () => {
  full = await fullSandbox("probe", region, "--with", "postgres,redis");
  await registerPackage();
  const echo = await full.sandbox(
    "image",
    "echo:1",
    join(repository, "test/support/real-pod"),
    "--",
    "python3",
    "server.py",
  );
  if (echo.exit !== 0) throw new Error(echo.stderr);
  await full.apply(node("n1"), injected("shop"), strict, service("payments"));
  await full.apply(meshed("payments", 1));
  const shown = JSON.parse((await full.sandbox("env")).stdout) as { stores: readonly StoreAddress[] };
  for (const { store, administrator: username, passwordFile } of shown.stores) {
    if (store === "neo4j") continue;
    const password = await readFile(passwordFile, "utf8");
    const host = stores[store];
    await full.apply(
      login(store, { host, username, password }),
      login(`${store}-old`, { host, username, password: "old" }),
    );
  }
  await full.kubectl("-n", "shop", "rollout", "status", "deployment/payments", "--timeout=120s");
}, 3_600_000);
afterAll(() => full?.down());

describe("gennet probe from pods of its package", () => {
  const payments = "http://payments.shop.svc.cluster.local/ready";

  it("A plaintext call to a service with strict mTLS is closed without an answer, and one through the mesh is answered", async () => {
    expect(await inPods(payments)).toMatchObject({ exit: 3, outcomes: [["failed", "reset"]] });
    expect(await inPods("--meshed", payments)).toMatchObject({ exit: 0, outcomes: [["ok", 200]] });
    expect(await left()).toBe("");
  });

  it("A pod tells a name that does not exist and a closed port from a service that rejects it", async () => {
    const { exit, outcomes } = await inPods("http://missing.shop.svc.cluster.local/", `tcp://${stores.redis}:6380`);
    expect(exit).toBe(3);
    expect(outcomes).toEqual([
      ["failed", "unresolved"],
      ["failed", "refused"],
    ]);
  });

  it("Data stores accept the login of a Secret, reject another one, and answer without any", async () => {
    const calls = ["postgres", "rediss"].flatMap((scheme) => {
      const store = scheme === "postgres" ? "postgres" : "redis";
      return [`${scheme}://?secret=${store}`, `${scheme}://?secret=${store}-old`, `${scheme}://${stores[store]}`];
    });
    const { exit, outcomes, items } = await inPods(...calls);
    const each = [
      ["ok", undefined],
      ["failed", "denied"],
      ["ok", undefined],
    ];
    expect(outcomes, JSON.stringify(items)).toEqual([...each, ...each]);
    expect(exit).toBe(3);
  });

  it("A Collector takes a span, and the result names its trace", async () => {
    const { exit, items } = await inPods("otlp+http://collector.monitoring.svc.cluster.local:4318");
    expect([exit, items[0]?.outcome], JSON.stringify(items)).toEqual([0, "ok"]);
    expect(items[0]?.traceId).toMatch(/^[0-9a-f]{32}$/);
  });

  it("A Secret that does not exist leaves its call unknown, and the others answered", async () => {
    const { exit, outcomes, items } = await inPods("postgres://?secret=none", `tcp://${stores.postgres}:5432`);
    expect(outcomes).toEqual([
      ["unknown", "unanswerable"],
      ["ok", undefined],
    ]);
    expect([exit, items[0]?.summary]).toEqual([5, "the Secret none has no readable key host"]);
    expect(await left()).toBe("");
  });

  it("An interrupted probe removes its Job, its pod and its service account", async () => {
    const stop = new AbortController();
    const words = ["probe", "--in-pod", "-n", "shop", "--image", "gennet:packed", "--context", region];
    // No one answers at this address.
    const asked = runGennet([...words, "tcp://10.255.255.1:80"], {
      env: full.env,
      cwd: full.work,
      interrupt: stop.signal,
    });
    await expect.poll(left).toContain("pod/");
    stop.abort();
    expect((await asked).exit).toBe(130);
    await expect.poll(left).toBe("");
  });
});

describe("the logins of a service's data stores", () => {
  const gennetYaml = async (...words: string[]): Promise<{ readonly exit: number | null; readonly stdout: string }> =>
    runGennet([...words, "-o", "json", "-q"], { env: { ...full.env, GENNET_IMAGE: "gennet:packed" }, cwd: full.work });
  const found = async (...words: string[]): Promise<readonly string[]> => {
    const { stdout } = await gennetYaml("status", "--context", region, ...words);
    const { findings } = JSON.parse(stdout) as StatusReport;
    return findings
      .filter(({ id }) => id.startsWith("data/"))
      .map(({ id, severity, subject }) => `${severity} ${id} ${subject}`);
  };

  it("gennet status --probe logs in with the Secrets that External Secrets wrote, and without it creates no pod", async () => {
    const { aws } = await referees();
    for (const store of ["postgres", "redis"] as const) {
      const stored = JSON.parse(
        await full.kubectl("-n", "shop", "get", "secret", store, "-o", "jsonpath={.data}"),
      ) as object;
      const decoded = Object.entries(stored).map(([key, value]) => [
        key,
        Buffer.from(String(value), "base64").toString(),
      ]);
      const words = ["--region", region, "--name", `sandbox/shop/${store}`];
      const file = join(full.work, `${store}.json`);
      await writeFile(file, JSON.stringify(Object.fromEntries(decoded)), { mode: 0o600 });
      await full.succeed(aws, "secretsmanager", "create-secret", ...words, "--secret-string", `file://${file}`);
      await full.apply({
        apiVersion: "external-secrets.io/v1",
        kind: "ExternalSecret",
        metadata: { name: store, namespace: "shop" },
        spec: {
          refreshInterval: "1h",
          secretStoreRef: { kind: "ClusterSecretStore", name: "aws-secrets-manager" },
          target: { name: `${store}-login`, creationPolicy: "Owner" },
          dataFrom: [{ extract: { key: `sandbox/shop/${store}` } }],
        },
      });
    }
    await full.kubectl("-n", "shop", "wait", "externalsecrets", "--all", "--for=condition=Ready", "--timeout=120s");
    expect(await found("--probe")).toEqual([
      "ok data/postgres 1 login of PostgreSQL",
      "ok data/redis 1 login of Redis",
      "skip data/neo4j logins of Neo4j",
    ]);
    expect(await found()).toEqual([
      "skip data/postgres logins of PostgreSQL",
      "skip data/redis logins of Redis",
      "skip data/neo4j logins of Neo4j",
    ]);
    expect(await left()).toBe("");
  });

  it("The runbook store-unreachable passes its test", async () => {
    const yaml = await full.sandbox("env", "--platform", "-o", "table");
    await writeFile(join(full.work, "gennet.yaml"), yaml.stdout);
    expect(await gennetYaml("region", "bootstrap", "--yes")).toMatchObject({ exit: 0 });
    const { exit, stdout } = await gennetYaml("runbook", "test", "store-unreachable", "--name", "probe");
    expect(exit, stdout).toBe(0);
    const { items } = JSON.parse(stdout) as RunbookTests;
    expect(items.map(({ id, outcome }) => [id, outcome])).toEqual([["store-unreachable", "passed"]]);
    expect(await left()).toBe("");
  }, 900_000);
});
