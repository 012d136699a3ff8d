import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { repository } from "../support/cli.ts";
import { nonEmpty } from "../support/non-empty.ts";
import { type OwnSandbox, startOwnSandbox, stdoutOf } from "../support/own-sandbox.ts";
import { accountOf, createIdentity } from "../support/pod-identity-region.ts";

/** The platform's own components as pods, from upstream's manifests and charts in the sandbox's chart mirror. */
const region = "eu-central-1";
let own: OwnSandbox;
let mirror: { readonly url: string; readonly copy: string };
let images: readonly string[];

const kubectl = (...argv: string[]): Promise<string> => stdoutOf(own.kubectl(...argv));
const inMirror = (...path: string[]): string => join(mirror.copy, ...path);

beforeAll(async () => {
  own = await startOwnSandbox("platform-pods", region);
  const printed = await own.sandbox("image", "--upstream", "-o", "json");
  const registered = JSON.parse(printed) as { mirror: string; items: readonly { image: string }[] };
  images = registered.items.map(({ image }) => image);
  mirror = { url: registered.mirror, copy: await mkdtemp(join(tmpdir(), "gennet-mirror-")) };
  await promisify(execFile)("git", ["clone", "--quiet", mirror.url, mirror.copy]);
  const folder = join(repository, "test", "support", "real-pod");
  await own.sandbox("image", "echo:1", folder, "--", "python3", "server.py");
  const account = accountOf(region, own.variables);
  await createIdentity("external-secrets", account, "external-secrets");
  const secrets = new SecretsManagerClient({ region, ...account });
  await secrets.send(new CreateSecretCommand({ Name: "orders/api", SecretString: '{"key":"for orders"}' }));
  secrets.destroy();
  const labels = { "kubernetes.io/os": "linux" };
  await own.apply({ apiVersion: "v1", kind: "Node", metadata: { name: "n1", labels } }, namespace("argocd"));
}, 3_600_000);
afterAll(async () => {
  await own.end();
  await rm(mirror.copy, { recursive: true, force: true });
});

function namespace(name: string, labels: object = {}): object {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

/** An Application of a chart of the mirror that Argo CD syncs by itself. */
function application(name: string, chart: string, to: string, valuesObject: object = {}): object {
  const differing = (kind: string, ...jqPathExpressions: string[]) => ({
    group: "admissionregistration.k8s.io",
    kind,
    jqPathExpressions: [".webhooks[]?.clientConfig.caBundle", ...jqPathExpressions],
  });
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { name, namespace: "argocd" },
    spec: {
      project: "default",
      destination: { server: "https://kubernetes.default.svc", namespace: to },
      source: {
        repoURL: mirror.url,
        path: `charts/${chart}`,
        targetRevision: "main",
        helm: { releaseName: name, valuesObject },
      },
      syncPolicy: { automated: {}, syncOptions: ["CreateNamespace=true", "ServerSideApply=true"] },
      ignoreDifferences: [
        differing("MutatingWebhookConfiguration"),
        differing("ValidatingWebhookConfiguration", ".webhooks[]?.failurePolicy"),
      ],
    },
  };
}

/**
 * What Argo CD says about its Applications. It is asked to compare them, as it does so only every few minutes, and sees
 * changes of definitions late.
 */
async function states(): Promise<Readonly<Record<string, string>>> {
  await kubectl(
    "-n",
    "argocd",
    "annotate",
    "applications",
    "--all",
    "--overwrite",
    "argocd.argoproj.io/refresh=normal",
  );
  const { items } = JSON.parse(await kubectl("-n", "argocd", "get", "applications", "-o", "json")) as {
    items: readonly { metadata: { name: string }; status?: Record<"sync" | "health", { status?: string }> }[];
  };
  return Object.fromEntries(
    items.map(({ metadata, status }) => [metadata.name, `${status?.sync?.status}, ${status?.health?.status}`]),
  );
}

const patience = { timeout: 280_000, interval: 3000 };
const inSync = "Synced, Healthy";

async function chartOf(name: string): Promise<string> {
  const { stdout } = await promisify(execFile)("ls", [inMirror("charts", name)]);
  return `${name}/${stdout.trim()}`;
}

function echo(name: string, to: string): object {
  const readinessProbe = { tcpSocket: { port: 8000 }, periodSeconds: 1 };
  const container = { name: "app", image: "echo:1", ports: [{ containerPort: 8000 }], readinessProbe };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: to, labels: { app: name } },
    spec: { terminationGracePeriodSeconds: 1, containers: [container] },
  };
}

describe("Argo CD", () => {
  it("The sandbox has every image that Argo CD's manifests name, except Dex's", async () => {
    const text = await readFile(inMirror("argo-cd", "3.5.7", "install.yaml"), "utf8");
    const named = new Set([...text.matchAll(/^ +image: (\S+)$/gm)].map(([, image]) => image as string));
    expect(nonEmpty([...named]).filter((image) => !images.includes(image))).toEqual([
      expect.stringMatching(/^ghcr\.io\/dexidp\/dex:/),
    ]);
  });

  it("Upstream's manifests make an Argo CD whose pods are all ready; only Dex waits for its image", async () => {
    const file = inMirror("argo-cd", "3.5.7", "install.yaml");
    await kubectl("-n", "argocd", "apply", "--server-side", "--force-conflicts", "-f", file);
    const others = "app.kubernetes.io/part-of=argocd,app.kubernetes.io/component!=dex-server";
    await kubectl("-n", "argocd", "rollout", "status", "deployment,statefulset", "-l", others, "--timeout=280s");
    const reason = "jsonpath={.items[*].status.containerStatuses[*].state.waiting.reason}";
    const dex = ["-n", "argocd", "get", "pods", "-l", "app.kubernetes.io/name=argocd-dex-server", "-o", reason];
    await expect.poll(() => kubectl(...dex), { timeout: 60_000, interval: 1000 }).toBe("ImagePullBackOff");
  });

  it("A pod with a tag that no release of an image has waits for its image, and is not simulated", async () => {
    const image = "quay.io/argoproj/argocd:v3.5.99";
    await kubectl("-n", "default", "run", "missing", `--image=${image}`);
    const waiting = "jsonpath={.status.containerStatuses[0].state.waiting}";
    const seen = async () => JSON.parse((await kubectl("get", "pod", "missing", "-o", waiting)) || "{}") as object;
    await expect
      .poll(seen, { timeout: 30_000, interval: 500 })
      .toEqual({ reason: "ImagePullBackOff", message: `"${image}": not found; the sandbox has ${argocdImage()}` });
  });
});

function argocdImage(): string {
  return images.find((image) => image.startsWith("quay.io/argoproj/argocd:")) as string;
}

describe("charts of the mirror, by Argo CD", () => {
  it("Istio's control plane and External Secrets become synced and healthy", async () => {
    const values = { cni: { enabled: true }, telemetry: { enabled: false } };
    await own.apply(
      application("istio-base", await chartOf("base"), "istio-system"),
      application("istiod", await chartOf("istiod"), "istio-system", values),
      application("external-secrets", await chartOf("external-secrets"), "external-secrets"),
    );
    const all = { "istio-base": inSync, istiod: inSync, "external-secrets": inSync };
    await expect.poll(states, patience).toEqual(all);
  });

  it("A gateway gets its proxy from istiod's webhook, and passes requests on to a pod with a sidecar", async () => {
    await own.apply(
      application("ingress", await chartOf("gateway"), "ingress", { service: { type: "ClusterIP" } }),
      namespace("shop", { "istio-injection": "enabled" }),
    );
    await expect.poll(states, patience).toMatchObject({ ingress: inSync });
    const host = "orders.example";
    await own.apply(
      echo("orders", "shop"),
      service("orders"),
      mesh("security", "PeerAuthentication", "strict", { mtls: { mode: "STRICT" } }),
      mesh("networking", "Gateway", "orders", {
        selector: { istio: "ingress" },
        servers: [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts: [host] }],
      }),
      mesh("networking", "VirtualService", "orders", {
        hosts: [host],
        gateways: ["orders"],
        http: [{ route: [{ destination: { host: "orders", port: { number: 80 } } }] }],
      }),
    );
    await kubectl("-n", "shop", "wait", "--for=condition=Ready", "pod", "orders", "--timeout=120s");
    const containers = "jsonpath={.spec.initContainers[*].name}";
    expect(await kubectl("-n", "shop", "get", "pod", "orders", "-o", containers)).toContain("istio-proxy");
    const address = await kubectl("-n", "ingress", "get", "pods", "-o", "jsonpath={.items[0].status.podIP}");
    const ask = async (url: string): Promise<string> => {
      const { stdout } = await promisify(execFile)("curl", ["--silent", "--header", `Host: ${host}`, url]);
      return (JSON.parse(stdout) as { host: string }).host;
    };
    await expect
      .poll(() => ask(`http://${address}/`).catch(() => "none"), { timeout: 60_000, interval: 500 })
      .toBe("orders");
    // Strict: without a certificate, the pod cannot be called.
    const pod = await kubectl("-n", "shop", "get", "pod", "orders", "-o", "jsonpath={.status.podIP}");
    await expect(ask(`http://${pod}:8000/`)).rejects.toThrow("curl");
  });

  it("An ExternalSecret is synced with the credentials that Pod Identity gives External Secrets' pod", async () => {
    const secretStoreRef = { kind: "ClusterSecretStore", name: "aws" };
    const spec = { secretStoreRef, target: { name: "orders" }, dataFrom: [{ extract: { key: "orders/api" } }] };
    await own.apply(
      {
        apiVersion: "external-secrets.io/v1",
        kind: "ClusterSecretStore",
        metadata: { name: "aws" },
        spec: { provider: { aws: { service: "SecretsManager", region } } },
      },
      { apiVersion: "external-secrets.io/v1", kind: "ExternalSecret", metadata: { name: "orders" }, spec },
    );
    await kubectl("wait", "--for=condition=Ready", "externalsecret", "orders", "--timeout=120s");
    const key = await kubectl("get", "secret", "orders", "-o", "jsonpath={.data.key}");
    expect(Buffer.from(key, "base64").toString()).toBe("for orders");
  });
});

describe("the Collector and Prometheus", () => {
  it("A span that the Collector's pod receives arrives where the sandbox's gennet.yaml sends spans", async () => {
    const tag = (of: string) => images.find((image) => image.startsWith(of)) as string;
    const platform = parse(await own.sandbox("env", "--platform")) as { platform: { tracing: { endpoint: string } } };
    const config = {
      receivers: { otlp: { protocols: { http: { endpoint: "0.0.0.0:4318" } } } },
      exporters: { otlp_http: { endpoint: platform.platform.tracing.endpoint } },
      extensions: { health_check: { endpoint: "0.0.0.0:13133" } },
      service: {
        extensions: ["health_check"],
        pipelines: { traces: { receivers: ["otlp"], exporters: ["otlp_http"] } },
      },
    };
    await own.apply(
      configured(
        "collector",
        "/etc/otelcol-k8s",
        { "config.yaml": JSON.stringify(config) },
        tag("otel/opentelemetry-collector-k8s:"),
        13_133,
      ),
      configured(
        "prometheus",
        "/etc/prometheus",
        { "prometheus.yml": "{}" },
        tag("prom/prometheus:"),
        9090,
        "/-/ready",
      ),
    );
    await kubectl("wait", "--for=condition=Ready", "pod", "collector", "prometheus", "--timeout=60s");
    const address = await kubectl("get", "pod", "collector", "-o", "jsonpath={.status.podIP}");
    const span = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", name: "by-the-test" };
    const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{ ...span, kind: 1 }] }] }] });
    const headers = { "content-type": "application/json" };
    const sent = await fetch(`http://${address}:4318/v1/traces`, { method: "POST", headers, body });
    expect(sent.status).toBe(200);
    const root = dirname(own.variables["KUBECONFIG"] as string);
    const file = join(root, "regions", region, "tracing", "traces.jsonl");
    await expect.poll(() => readFile(file, "utf8"), { timeout: 30_000 }).toContain("by-the-test");
  });
});

/** A ConfigMap and a pod that reads it, ready when it responds at a path. */
function configured(
  name: string,
  mountPath: string,
  data: Readonly<Record<string, string>>,
  image: string,
  port: number,
  path = "/",
): object {
  const readinessProbe = { httpGet: { path, port }, periodSeconds: 1 };
  const container = { name: "app", image, readinessProbe, volumeMounts: [{ name: "config", mountPath }] };
  const items = [
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data },
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [container],
        volumes: [{ name: "config", configMap: { name } }],
      },
    },
  ];
  return { apiVersion: "v1", kind: "List", items };
}

function service(name: string): object {
  const spec = { selector: { app: name }, ports: [{ name: "http", port: 80, targetPort: 8000 }] };
  return { apiVersion: "v1", kind: "Service", metadata: { name, namespace: "shop" }, spec };
}

function mesh(group: string, kind: string, name: string, spec: object): object {
  return { apiVersion: `${group}.istio.io/v1`, kind, metadata: { name, namespace: "shop" }, spec };
}
