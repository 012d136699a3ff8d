import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { processesIn } from "../../src/sandbox/processes/daemon.ts";
import { processTable } from "../../src/sandbox/processes/process-table.ts";
import { runGennet } from "../support/cli.ts";
import { type FullSandbox, fullSandbox } from "../support/full-sandbox.ts";
import { traces } from "../support/kernel-traces.ts";
import { writePaidRoute } from "../support/paying-orders.ts";
import { findUv } from "../support/uv.ts";

/**
 * The whole platform on this machine: two scaffolded services with all features come from Git by Argo CD, run as real
 * pods with real sidecars on real stores, and call each other.
 */
const region = "eu-central-1";
const features = ["--features", "postgres,redis,neo4j", "--domain", "shop", "--owner", "team-shop"];
const soon = { timeout: 240_000, interval: 500 };
let sandbox: FullSandbox;
let before: readonly string[];

const at = (service: string, ...below: string[]): string => join(sandbox.work, service, ...below);

async function gennet(...argv: string[]): Promise<string> {
  const { exit, stdout, stderr } = await runGennet(argv, { env: sandbox.env, cwd: sandbox.work });
  if (exit !== 0) throw new Error(`gennet ${argv.join(" ")} ended with ${exit}: ${stderr}`);
  return stdout;
}

interface PodView {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly nodeName: string };
  readonly status: {
    readonly podIP: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

async function podsOf(service: string): Promise<readonly PodView[]> {
  const selector = `app.kubernetes.io/name=${service}`;
  const text = await sandbox.kubectl("get", "pods", "-n", service, "-l", selector, "-o", "json");
  return (JSON.parse(text) as { items: readonly PodView[] }).items;
}

async function podOf(service: string): Promise<PodView> {
  const [pod] = await podsOf(service);
  if (pod === undefined) throw new Error(`there is no pod of ${service}`);
  return pod;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

const script = [
  "import json, sys, urllib.error, urllib.request",
  "method, url, body, headers = sys.argv[1], sys.argv[2], sys.argv[3] or None, json.loads(sys.argv[4])",
  "request = urllib.request.Request(url, body and body.encode(), headers, method=method)",
  "try:",
  "    answer = urllib.request.urlopen(request, timeout=10)",
  "except urllib.error.HTTPError as refused:",
  "    answer = refused",
  "print(json.dumps({'status': answer.status, 'body': answer.read().decode()}))",
].join("\n");

/** Calls a URL from within a pod. */
async function call(
  [namespace, pod]: readonly [string, string],
  method: string,
  url: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const typed = { "content-type": "application/json", ...headers };
  const words = [script, method, url, body === undefined ? "" : JSON.stringify(body), JSON.stringify(typed)];
  return JSON.parse(
    await sandbox.kubectl("exec", "-n", namespace, pod, "-c", "app", "--", "python3", "-c", ...words),
  ) as Answer;
}

async function fromOrders(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return call(["orders", (await podOf("orders")).metadata.name], "GET", url, undefined, headers);
}

const istioctl = (...argv: string[]): Promise<string> =>
  sandbox.succeed(join(sandbox.root, "bin", "istioctl"), ...argv);

/** What Envoy of a pod of orders knows of payments: `ADDRESS:PORT` → the verdict of its outlier detection. */
async function endpoints(): Promise<ReadonlyMap<string, string>> {
  const { metadata } = await podOf("orders");
  const cluster = "outbound|80||payments.payments.svc.cluster.local";
  const text = await istioctl("proxy-config", "endpoint", `${metadata.name}.orders`, "--cluster", cluster);
  const rows = text.split("\n").map((line) => line.trim().split(/\s+/));
  return new Map(rows.flatMap(([address = "", , outlier = ""]) => (/:\d+$/.test(address) ? [[address, outlier]] : [])));
}

async function scaffold(service: string, ...flags: string[]): Promise<void> {
  await gennet("new", "service", service, ...features, ...flags);
  if (service === "orders") await writePaidRoute((...below) => at(service, ...below));
  await sandbox.succeed(await findUv(), "sync", "--quiet", "--no-dev", "--directory", at(service));
  await gennet("sandbox", "image", service, service, "--name", "platform");
}

// What is not in the cache is compiled first.
beforeAll(async () => {
  before = await traces("/nowhere");
  sandbox = await fullSandbox("platform", region, "--with", "postgres,redis,neo4j");
  await writeFile(
    join(sandbox.work, "gennet.yaml"),
    await gennet("sandbox", "env", "--platform", "--name", "platform"),
  );
  await gennet("region", "bootstrap", "--yes");
  await scaffold("payments", "--called-by", "orders");
  await scaffold("orders", "--depends-on", "payments");
}, 3_600_000);
afterAll(() => sandbox?.down());

describe("two services that come from Git", () => {
  it("come up by their Argo CD Applications, each with its sidecars, accounts and migration", async () => {
    const files: Record<string, string> = {};
    for (const service of ["payments", "orders"]) {
      const listed = await sandbox.succeed("find", at(service, "deploy"), "-type", "f", "-name", "*.yaml");
      for (const path of listed.trim().split("\n")) {
        files[path.slice(sandbox.work.length + 1)] = await readFile(path, "utf8");
      }
    }
    await sandbox.push(files);
    for (const service of ["payments", "orders"]) {
      await sandbox.kubectl("apply", "-f", at(service, "deploy", "applications", `${region}.yaml`));
    }
    for (const service of ["payments", "orders"]) {
      const ready = async (): Promise<readonly boolean[]> =>
        (await podsOf(service)).map(
          ({ status }) => status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") === true,
        );
      await expect.poll(ready, soon).toEqual([true, true]);
      const sync = ["get", "application", service, "-n", "argocd", "-o", "jsonpath={.status.sync.status}"];
      await expect.poll(() => sandbox.kubectl(...sync), soon).toBe("Synced");
    }
  });

  it("call each other by name with mutual TLS, and a trace of both reaches the Collector", async () => {
    const payments = (await podOf("payments")).metadata.name;
    const made = await call(["payments", payments], "POST", "http://127.0.0.1:8000/items", { name: "a kettle" });
    expect(made.status).toBe(201);
    const { id } = JSON.parse(made.body) as { id: string };
    const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    const paid = await fromOrders(`http://127.0.0.1:8000/paid/${id}`, {
      traceparent: `00-${trace}-00f067aa0ba902b7-01`,
    });
    expect(paid).toMatchObject({ status: 200, body: expect.stringContaining("a kettle") as string });

    const collected = async (): Promise<readonly string[]> => {
      const text = await readFile(join(sandbox.root, "regions", region, "collector", "traces.jsonl"), "utf8");
      const lines = text.split("\n").filter((line) => line.includes(trace));
      return ["orders", "payments"].filter((service) =>
        lines.some((line) => line.includes(`"stringValue":"${service}"`)),
      );
    };
    await expect.poll(collected, soon).toEqual(["orders", "payments"]);
  });

  it("reset whoever calls them without the mesh", async () => {
    const outside = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "outside", namespace: "default" },
      spec: {
        containers: [{ name: "app", image: "payments:0.1.0", command: ["python3", "-m", "http.server", "9000"] }],
      },
    };
    await sandbox.apply(outside);
    await sandbox.kubectl("wait", "pod/outside", "--for=condition=Ready", "--timeout=60s");
    const { podIP } = (await podOf("payments")).status;
    await expect(call(["default", "outside"], "GET", `http://${podIP}:8000/items`)).rejects.toThrow(/reset by peer/i);
  });

  it("read what External Secrets brought from AWS", async () => {
    const { aws } = await import("../support/referees.ts").then(({ referees }) => referees());
    const secret = ["secretsmanager", "get-secret-value", "--region", region, "--secret-id"];
    const value = JSON.parse(
      await sandbox.succeed(aws, ...secret, "sandbox/orders/postgres", "--query", "SecretString", "--output", "text"),
    ) as string | { password: string };
    const { password } = typeof value === "string" ? (JSON.parse(value) as { password: string }) : value;
    const { metadata } = await podOf("orders");
    const seen = await sandbox.kubectl(
      "exec",
      "-n",
      "orders",
      metadata.name,
      "-c",
      "app",
      "--",
      "printenv",
      "APP_POSTGRES__PASSWORD",
    );
    expect(seen.trim() === password).toBe(true);
  });

  it("are all known to istiod, with nothing that they have not taken", async () => {
    const pods = [...(await podsOf("orders")), ...(await podsOf("payments"))].map(({ metadata }) => metadata.name);
    const text = await istioctl("proxy-status");
    for (const pod of pods) expect(text).toContain(pod);
    const proxies = (await (await fetch(`http://${sandbox.full.regions[0]?.istiodDebug}/debug/syncz`)).json()) as {
      readonly resources: Readonly<Record<string, { readonly sent: string; readonly acked: string }>>;
    }[];
    const behind = proxies.flatMap(({ resources }) =>
      Object.values(resources).filter(({ sent, acked }) => sent !== acked),
    );
    expect([proxies.length >= pods.length, behind]).toEqual([true, []]);
  });

  it("are watched by Prometheus, each sidecar by itself", async () => {
    const query = encodeURIComponent('count by (namespace) (up{job="envoy-stats"} == 1)');
    const ask = async (): Promise<Readonly<Record<string, string>>> => {
      const answer = await fetch(`${sandbox.full.regions[0]?.prometheus}/api/v1/query?query=${query}`);
      const { data } = (await answer.json()) as {
        data: { result: { metric: { namespace: string }; value: [number, string] }[] };
      };
      return Object.fromEntries(data.result.map(({ metric, value }) => [metric.namespace, value[1]]));
    };
    await expect.poll(ask, soon).toMatchObject({ orders: "2", payments: "2" });
  });
});

describe("sandbox fail POD", () => {
  it("makes Envoy eject the pod, which istioctl shows, while its probes see nothing", async () => {
    // Envoy keeps to its own zone while that has a pod; each node is in a zone of its own.
    const { nodeName } = (await podOf("orders")).spec;
    const pods = await podsOf("payments");
    const bad = pods.find(({ spec }) => spec.nodeName === nodeName) ?? pods[0];
    const good = pods.find((pod) => pod !== bad) as PodView;
    if (bad === undefined) throw new Error("there is no pod of payments");
    await gennet("sandbox", "fail", `payments/${bad.metadata.name}`, "--status", "503", "--name", "platform");
    const verdicts = async (): Promise<Readonly<Record<string, string>>> => {
      await fromOrders("http://payments.payments.svc.cluster.local/items");
      return Object.fromEntries(await endpoints());
    };
    const ejected = { [`${bad.status.podIP}:8000`]: "FAILED", [`${good.status.podIP}:8000`]: "OK" };
    await expect.poll(verdicts, soon).toEqual(ejected);
    for (let each = 0; each < 5; each++) {
      expect((await fromOrders("http://payments.payments.svc.cluster.local/items")).status).toBe(200);
    }
    const ready = ["jsonpath={.status.conditions[?(@.type=='Ready')].status}"];
    expect(await sandbox.kubectl("get", "pod", "-n", "payments", bad.metadata.name, "-o", ...ready)).toBe("True");
    await gennet("sandbox", "heal", `payments/${bad.metadata.name}`, "--name", "platform");
    await expect.poll(verdicts, soon).toMatchObject({ [`${bad.status.podIP}:8000`]: "OK" });
  });

  it("makes a sidecar refuse its configuration, and istiod hears why", async () => {
    const { metadata } = await podOf("orders");
    const refusals = async (): Promise<string> =>
      (await fetch(`http://${sandbox.full.regions[0]?.istiodDebug}/debug/syncz`)).text();
    await gennet("sandbox", "fail", `orders/${metadata.name}`, "--nack", "--name", "platform");
    await expect.poll(refusals, soon).toContain("Expected positive duration");
    await gennet("sandbox", "heal", `orders/${metadata.name}`, "--name", "platform");
    await expect.poll(refusals, soon).not.toContain("Expected positive duration");
  });
});

describe("the end of it", () => {
  it("leaves nothing on the machine, though everything was killed before", async () => {
    for (const { pid } of processesIn(await processTable(), sandbox.root)) process.kill(pid, "SIGKILL");
    const { exit } = await sandbox.sandbox("down");
    expect(exit).toBe(0);
    expect(processesIn(await processTable(), sandbox.root)).toEqual([]);
    expect(await traces(sandbox.root)).toEqual(before);
  });
});
