import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { processesIn } from "../../sandbox/src/processes/daemon.ts";
import { processTable } from "../../sandbox/src/processes/process-table.ts";
import { killAll } from "../support/kill-all.ts";
import {
  type Answer,
  type DeliveredServices,
  deliveredServices,
  type PodView,
  soon,
} from "../support/delivered-services.ts";
import { type FullSandbox, fullSandbox } from "../support/full-sandbox.ts";
import { traces } from "../support/kernel-traces.ts";
import { nonEmpty } from "../support/non-empty.ts";
import { writePaidRoute } from "../support/paying-orders.ts";
import { referees } from "../support/referees.ts";

/**
 * The whole platform on this machine: Argo CD deploys two scaffolded services with all features from Git, as real pods
 * with real sidecars and stores, and they call each other.
 */
const region = "eu-central-1";
const features = ["--features", "postgres,redis,neo4j"];
let sandbox: FullSandbox;
let services: DeliveredServices;
let before: readonly string[];

const sandboxFault = (...argv: string[]): Promise<string> => services.gennet("sandbox", ...argv, "--name", "platform");

async function fromOrders(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return services.call(await services.podOf("orders"), "GET", url, undefined, headers);
}

// Programs that are not cached are compiled first.
beforeAll(async () => {
  before = await traces("/nowhere");
  sandbox = await fullSandbox("platform", region, "--with", "postgres,redis,neo4j");
  services = await deliveredServices(sandbox, "platform", [region]);
  await services.scaffold("payments", ...features, "--called-by", "orders");
  await services.scaffold("orders", ...features, "--depends-on", "payments");
  await writePaidRoute((...below) => services.at("orders", ...below));
}, 3_600_000);
afterAll(() => sandbox?.down());

describe("two services that are deployed from Git", () => {
  it("Two services start from their Argo CD Applications, each with its sidecars, accounts and migration", async () => {
    await services.deliver("payments", "orders");
    await services.settled("payments", "orders");
    expect((await services.podsOf("orders")).length + (await services.podsOf("payments")).length).toBe(4);
  }, 1_200_000);

  it("Two services call each other by name with mutual TLS, and their trace reaches the Collector", async () => {
    const payments = await services.podOf("payments");
    const made = await services.call(payments, "POST", "http://127.0.0.1:8000/items", { name: "a kettle" });
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

  it("Two services reset connections of callers outside the mesh", async () => {
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
    const { podIP } = (await services.podOf("payments")).status;
    const from = { ...(await services.podOf("payments")), metadata: { name: "outside", namespace: "default" } };
    const url = `http://${podIP}:8000/items`;
    await expect(services.call(from, "GET", url)).rejects.toThrow(/reset by peer/i);
  });

  it("Two services read what External Secrets synced from AWS", async () => {
    const { aws } = await referees();
    const secret = ["secretsmanager", "get-secret-value", "--region", region, "--secret-id"];
    const value = JSON.parse(
      await sandbox.succeed(aws, ...secret, "sandbox/orders/postgres", "--query", "SecretString", "--output", "text"),
    ) as string | { password: string };
    const { password } = typeof value === "string" ? (JSON.parse(value) as { password: string }) : value;
    const { metadata } = await services.podOf("orders");
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

  it("Two services are known to istiod, and have accepted all its configuration", async () => {
    const pods = [...(await services.podsOf("orders")), ...(await services.podsOf("payments"))].map(
      ({ metadata }) => metadata.name,
    );
    const text = await services.istioctl("proxy-status");
    for (const pod of nonEmpty(pods)) expect(text).toContain(pod);
    const proxies = (await (await fetch(`http://${sandbox.full.regions[0]?.istiodDebug}/debug/syncz`)).json()) as {
      readonly resources: Readonly<Record<string, { readonly sent: string; readonly acked: string }>>;
    }[];
    const behind = proxies.flatMap(({ resources }) =>
      Object.values(resources).filter(({ sent, acked }) => sent !== acked),
    );
    expect([proxies.length >= pods.length, behind]).toEqual([true, []]);
  });

  it("Two services are scraped by Prometheus, including each sidecar", async () => {
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
  it("sandbox fail POD makes Envoy eject the pod, which istioctl shows, while its probes succeed", async () => {
    // Envoy stays in its own zone while that has a pod, and each node is in its own zone.
    const { nodeName } = (await services.podOf("orders")).spec;
    const pods = await services.podsOf("payments");
    const bad = pods.find(({ spec }) => spec.nodeName === nodeName) ?? pods[0];
    const good = pods.find((pod) => pod !== bad) as PodView;
    if (bad === undefined) throw new Error("there is no pod of payments");
    await sandboxFault("fail", `payments/${bad.metadata.name}`, "--status", "503");
    const verdicts = async (): Promise<Readonly<Record<string, string>>> => {
      await fromOrders("http://payments.payments.svc.cluster.local/items");
      return services.endpoints(await services.podOf("orders"), "payments");
    };
    const ejected = { [`${bad.status.podIP}:8000`]: "FAILED", [`${good.status.podIP}:8000`]: "OK" };
    await expect.poll(verdicts, soon).toEqual(ejected);
    for (let each = 0; each < 5; each++) {
      expect((await fromOrders("http://payments.payments.svc.cluster.local/items")).status).toBe(200);
    }
    const ready = ["jsonpath={.status.conditions[?(@.type=='Ready')].status}"];
    expect(await sandbox.kubectl("get", "pod", "-n", "payments", bad.metadata.name, "-o", ...ready)).toBe("True");
    await sandboxFault("heal", `payments/${bad.metadata.name}`);
    await expect.poll(verdicts, soon).toMatchObject({ [`${bad.status.podIP}:8000`]: "OK" });
  }, 1_200_000);

  it("sandbox fail POD --nack makes a sidecar reject its configuration, which istiod reports", async () => {
    const { metadata } = await services.podOf("orders");
    const refusals = async (): Promise<string> =>
      (await fetch(`http://${sandbox.full.regions[0]?.istiodDebug}/debug/syncz`)).text();
    await sandboxFault("fail", `orders/${metadata.name}`, "--nack");
    await expect.poll(refusals, soon).toContain("Expected positive duration");
    await sandboxFault("heal", `orders/${metadata.name}`);
    await expect.poll(refusals, soon).not.toContain("Expected positive duration");
  });
});

describe("sandbox down", () => {
  it("sandbox down leaves nothing on the machine, even if everything was killed before", async () => {
    killAll(processesIn(await processTable(), sandbox.root));
    const { exit } = await sandbox.sandbox("down");
    expect(exit).toBe(0);
    expect(processesIn(await processTable(), sandbox.root)).toEqual([]);
    expect(await traces(sandbox.root)).toEqual(before);
  });
});
