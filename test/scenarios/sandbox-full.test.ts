import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { processesIn } from "../../sandbox/src/processes/daemon.ts";
import { processTable } from "../../sandbox/src/processes/process-table.ts";
import { killAll } from "../support/kill-all.ts";
import { assertDocument } from "../support/documents.ts";
import { type FullSandbox, fullSandbox } from "../support/full-sandbox.ts";
import { referees } from "../support/referees.ts";

const region = "eu-central-1";
let whole: FullSandbox;

const sandbox: FullSandbox["sandbox"] = (...argv) => whole.sandbox(...argv);
const addresses = () => whole.full.regions[0] as FullSandbox["full"]["regions"][number];
const kubectl: FullSandbox["kubectl"] = (...argv) => whole.kubectl(...argv);

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

beforeAll(async () => {
  whole = await fullSandbox("whole", region);
}, 3_600_000);
afterAll(() => whole.down());

describe("a sandbox of profile full", () => {
  it("A full sandbox has everything running", async () => {
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

  it("A full sandbox's Argo CD deploys what is pushed to the GitOps repository, including Kustomize overlays", async () => {
    await whole.push({
      "settings/base/kustomization.yaml": "resources: [settings.yaml]\n",
      "settings/base/settings.yaml":
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {colour: blue}\n",
      "settings/overlay/kustomization.yaml": "resources: [../base]\nnamePrefix: eu-\n",
    });
    await whole.apply({
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Application",
      metadata: { name: "settings", namespace: "argocd" },
      spec: {
        project: "default",
        source: { repoURL: whole.full.gitops, path: "settings/overlay", targetRevision: "main" },
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

  it("A full sandbox supports the argocd command, which deploys the next change immediately", async () => {
    const apps = JSON.parse(await whole.argocd("app", "list", "-o", "json")) as {
      metadata: { name: string };
    }[];
    expect(apps.map(({ metadata }) => metadata.name)).toEqual(["settings"]);
    await whole.push({
      "settings/base/settings.yaml":
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {colour: green}\n",
    });
    await whole.argocd("app", "get", "settings", "--refresh");
    await whole.argocd("app", "wait", "settings", "--sync", "--timeout", "120");
    await expect
      .poll(() => kubectl("get", "configmap", "eu-settings", "-o", "jsonpath={.data.colour}"), soon)
      .toBe("green");
  });

  it("A full sandbox syncs a secret of the AWS endpoint into a Secret, and its next value", async () => {
    const { aws } = await referees();
    await whole.succeed(
      aws,
      "secretsmanager",
      "create-secret",
      "--name",
      "orders/db",
      "--secret-string",
      '{"password":"one"}',
    );
    await whole.apply(
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
    await whole.succeed(
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

  it("A full sandbox's istiod gives each namespace the mesh's root certificate, and has no proxy yet", async () => {
    await kubectl("create", "namespace", "shop");
    const certificate = (): Promise<string> =>
      kubectl("get", "configmap", "istio-ca-root-cert", "-n", "shop", "--ignore-not-found", "-o", "jsonpath={.data}");
    await expect.poll(certificate, soon).toContain("BEGIN CERTIFICATE");
    const syncz = await fetch(`http://${addresses().istiodDebug}/debug/syncz`);
    expect([syncz.status, await syncz.json()]).toEqual([200, []]);
  });

  it("A full sandbox's Collector writes spans, and forwards metrics to Prometheus, which scrapes every component", async () => {
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
    const traces = join(whole.root, "regions", region, "collector", "traces.jsonl");
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

describe("a full sandbox with a killed component", () => {
  it("A full sandbox is complete after `up`, which only starts the killed component and keeps the profile", async () => {
    const pid = (await components()).find(({ component }) => component === "argocd-application-controller")
      ?.pid as number;
    process.kill(pid, "SIGKILL");
    await expect.poll(async () => (await processTable()).has(pid)).toBe(false);
    const { exit, stdout } = await sandbox("up");
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ profile: "full", started: [`${region}/argocd-application-controller`] });
  });

  it("A full sandbox leaves no process and no file after `down`, even if everything was killed before", async () => {
    const running = async () => processesIn(await processTable(), whole.root);
    killAll(await running());
    await expect.poll(async () => (await running()).length).toBe(0);
    expect((await sandbox("up")).exit).toBe(0);
    expect((await running()).length).toBeGreaterThan(10);
    expect((await sandbox("down")).exit).toBe(0);
    expect(await running()).toEqual([]);
    await expect(access(whole.root)).rejects.toMatchObject({ code: "ENOENT" });
  });
});
