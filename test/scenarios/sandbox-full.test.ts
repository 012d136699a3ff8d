import { access, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { processesIn } from "../../src/sandbox/processes/daemon.ts";
import { processTable } from "../../src/sandbox/processes/process-table.ts";
import { type Ended, run, runGennet } from "../support/cli.ts";
import { assertDocument } from "../support/documents.ts";
import { referees } from "../support/referees.ts";

/** A sandbox of profile full, with one region: real Istio, Argo CD, External Secrets, Collector and Prometheus. */
const name = "whole";
const region = "eu-central-1";
let work: string;
let env: Record<string, string>;
let full: Addresses;

interface Addresses {
  readonly gitops: string;
  readonly regions: readonly { readonly prometheus: string; readonly otlp: string; readonly istiodDebug: string }[];
}

const sandbox = (command: string, ...argv: string[]): Promise<Ended> =>
  runGennet(["sandbox", command, "--name", name, "-o", "json", ...argv], { env });
const root = (): string => join(work, "state", "gennet", "sandbox", name);
const addresses = () => full.regions[0] as Addresses["regions"][number];

async function succeed(program: string, ...argv: string[]): Promise<string> {
  const { exit, stdout, stderr } = await run(program, argv, { env, cwd: work });
  if (exit !== 0) throw new Error(`${program} ${argv.join(" ")} ended with ${exit}: ${stderr}`);
  return stdout;
}

const kubectl = async (...argv: string[]): Promise<string> => succeed((await referees()).kubectl, ...argv);

async function apply(...objects: object[]): Promise<void> {
  const file = join(work, "objects.json");
  await writeFile(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
  await kubectl("apply", "--server-side", "-f", file);
}

/** Adds files to the GitOps repository. */
async function push(files: Readonly<Record<string, string>>): Promise<void> {
  const copy = join(work, "copy");
  await rm(copy, { recursive: true, force: true });
  await succeed("git", "clone", "--quiet", full.gitops, copy);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(copy, path, ".."), { recursive: true });
    await writeFile(join(copy, path), text);
  }
  await succeed("git", "-C", copy, "add", "--all");
  const author = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
  await succeed("git", "-C", copy, ...author, "commit", "--quiet", "-m", "A change");
  await succeed("git", "-C", copy, "push", "--quiet", "origin", "main");
}

interface Component {
  readonly component: string;
  readonly state: string;
  readonly pid?: number;
}

async function components(): Promise<readonly Component[]> {
  const { stdout } = await sandbox("status");
  assertDocument(JSON.parse(stdout));
  return (JSON.parse(stdout) as { items: readonly Component[] }).items;
}

async function prometheus(
  query: string,
): Promise<readonly { metric: Record<string, string>; value: [number, string] }[]> {
  const answer = await fetch(`${addresses().prometheus}/api/v1/query?query=${encodeURIComponent(query)}`);
  const { data } = (await answer.json()) as { data: { result: never[] } };
  return data.result;
}

async function otlp(path: string, body: object): Promise<void> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${addresses().otlp}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  expect(answer.status).toBe(200);
}

const soon = { timeout: 120_000, interval: 250 };

// What is not in the cache is compiled first.
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "gennet-full-"));
  env = { XDG_STATE_HOME: join(work, "state") };
  const up = await runGennet(
    ["sandbox", "up", "--name", name, "-o", "json", "--regions", region, "--profile", "full", "--clock-scale", "1000"],
    { env, show: true },
  );
  if (up.exit !== 0) throw new Error(`sandbox up --profile full ended with ${up.exit}`);
  assertDocument(JSON.parse(up.stdout));
  const shown = JSON.parse((await sandbox("env")).stdout) as { full: Addresses; variables: Record<string, string> };
  assertDocument(shown);
  full = shown.full;
  env = { ...env, ...shown.variables };
}, 3_600_000);
afterAll(async () => {
  await sandbox("down");
  await rm(work, { recursive: true, force: true });
});

describe("a sandbox of profile full", () => {
  it("has everything running", async () => {
    const parts = (await components()).filter(({ state }) => state === "running").map(({ component }) => component);
    expect(parts).toEqual(
      expect.arrayContaining([
        "kube-apiserver",
        "istiod",
        "argocd-repo-server",
        "argocd-application-controller",
        "argocd-server",
        "external-secrets",
        "collector",
        "prometheus",
      ]),
    );
    expect(parts).toHaveLength((await components()).length);
  });

  it("has an Argo CD that deploys what is pushed to the GitOps repository, Kustomize overlays among it", async () => {
    await push({
      "settings/base/kustomization.yaml": "resources: [settings.yaml]\n",
      "settings/base/settings.yaml":
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {colour: blue}\n",
      "settings/overlay/kustomization.yaml": "resources: [../base]\nnamePrefix: eu-\n",
    });
    await apply({
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Application",
      metadata: { name: "settings", namespace: "argocd" },
      spec: {
        project: "default",
        source: { repoURL: full.gitops, path: "settings/overlay", targetRevision: "main" },
        destination: { server: "https://kubernetes.default.svc", namespace: "default" },
        syncPolicy: { automated: {} },
      },
    });
    const state = (): Promise<string> =>
      kubectl(
        "get",
        "application",
        "settings",
        "-n",
        "argocd",
        "-o",
        "jsonpath={.status.sync.status} {.status.health.status}",
      );
    await expect.poll(state, soon).toBe("Synced Healthy");
    expect(await kubectl("get", "configmap", "eu-settings", "-o", "jsonpath={.data.colour}")).toBe("blue");
  });

  it("answers the argocd command, which deploys the next change at once", async () => {
    const apps = JSON.parse(await succeed(join(root(), "bin", "argocd"), "app", "list", "-o", "json")) as {
      metadata: { name: string };
    }[];
    expect(apps.map(({ metadata }) => metadata.name)).toEqual(["settings"]);
    await push({
      "settings/base/settings.yaml":
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {colour: green}\n",
    });
    await succeed(join(root(), "bin", "argocd"), "app", "get", "settings", "--refresh");
    await succeed(join(root(), "bin", "argocd"), "app", "wait", "settings", "--sync", "--timeout", "120");
    await expect
      .poll(() => kubectl("get", "configmap", "eu-settings", "-o", "jsonpath={.data.colour}"), soon)
      .toBe("green");
  });

  it("turns a secret of the AWS endpoint into a Secret, and follows its next value", async () => {
    const { aws } = await referees();
    await succeed(
      aws,
      "secretsmanager",
      "create-secret",
      "--name",
      "orders/db",
      "--secret-string",
      '{"password":"one"}',
    );
    await apply(
      {
        apiVersion: "external-secrets.io/v1",
        kind: "ClusterSecretStore",
        metadata: { name: "aws" },
        spec: { provider: { aws: { service: "SecretsManager", region } } },
      },
      {
        apiVersion: "external-secrets.io/v1",
        kind: "ExternalSecret",
        metadata: { name: "db", namespace: "default" },
        spec: {
          refreshInterval: "1h",
          secretStoreRef: { kind: "ClusterSecretStore", name: "aws" },
          data: [{ secretKey: "password", remoteRef: { key: "orders/db", property: "password" } }],
        },
      },
    );
    const password = async (): Promise<string> => {
      const text = await kubectl("get", "secret", "db", "--ignore-not-found", "-o", "jsonpath={.data.password}");
      return Buffer.from(text, "base64").toString();
    };
    await expect.poll(password, soon).toBe("one");
    await succeed(
      aws,
      "secretsmanager",
      "put-secret-value",
      "--secret-id",
      "orders/db",
      "--secret-string",
      '{"password":"two"}',
    );
    await kubectl("annotate", "externalsecret", "db", "force=1");
    await expect.poll(password, soon).toBe("two");
  });

  it("has an istiod that gives each namespace the mesh's root certificate, and knows no proxy yet", async () => {
    await kubectl("create", "namespace", "shop");
    const certificate = (): Promise<string> =>
      kubectl("get", "configmap", "istio-ca-root-cert", "-n", "shop", "--ignore-not-found", "-o", "jsonpath={.data}");
    await expect.poll(certificate, soon).toContain("BEGIN CERTIFICATE");
    const syncz = await fetch(`http://${addresses().istiodDebug}/debug/syncz`);
    expect([syncz.status, await syncz.json()]).toEqual([200, []]);
  });

  it("lets spans out of its Collector, and hands metrics on to Prometheus, which sees every part", async () => {
    const resource = { attributes: [{ key: "service.name", value: { stringValue: "orders" } }] };
    const times = { startTimeUnixNano: `${Date.now()}000000`, endTimeUnixNano: `${Date.now()}000000` };
    const span = {
      traceId: "5b8efff798038103d269b633813fc60c",
      spanId: "eee19b7ec3c1b174",
      name: "GET /",
      kind: 2,
      ...times,
    };
    await otlp("/v1/traces", { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] });
    const traces = join(root(), "regions", region, "collector", "traces.jsonl");
    await expect.poll(() => readFile(traces, "utf8"), soon).toContain(span.traceId);

    const point = { asDouble: 42, timeUnixNano: `${Date.now()}000000` };
    const metric = { name: "orders_open", gauge: { dataPoints: [point] } };
    await otlp("/v1/metrics", { resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [metric] }] }] });
    await expect.poll(async () => (await prometheus("orders_open"))[0]?.value[1], soon).toBe("42");

    const seen = async (): Promise<string[]> =>
      (await prometheus("up == 1")).map(({ metric: { job = "" } }) => job).sort();
    await expect
      .poll(seen, soon)
      .toEqual([
        "argocd-application-controller",
        "argocd-repo-server",
        "argocd-server",
        "collector",
        "external-secrets",
        "istiod",
        "prometheus",
      ]);
  });
});

describe("when a part of it is killed", () => {
  it("is whole again after up, which starts that part alone and does not ask for its profile again", async () => {
    const pid = (await components()).find(({ component }) => component === "argocd-application-controller")
      ?.pid as number;
    process.kill(pid, "SIGKILL");
    await expect.poll(async () => (await processTable()).has(pid)).toBe(false);
    const { exit, stdout } = await sandbox("up");
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ profile: "full", started: [`${region}/argocd-application-controller`] });
  });

  it("leaves no process and no file after down, though everything was killed before", async () => {
    const running = async () => processesIn(await processTable(), root());
    for (const { pid } of await running()) process.kill(pid, "SIGKILL");
    await expect.poll(async () => (await running()).length).toBe(0);
    expect((await sandbox("up")).exit).toBe(0);
    expect((await running()).length).toBeGreaterThan(10);
    expect((await sandbox("down")).exit).toBe(0);
    expect(await running()).toEqual([]);
    await expect(access(root())).rejects.toMatchObject({ code: "ENOENT" });
  });
});
