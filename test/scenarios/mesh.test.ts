import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BreakersReport } from "../../src/health/breakers/breakers-report.ts";
import type { Edge } from "../../src/health/breakers/edges.ts";
import type { MeshReport } from "../../src/health/mesh/mesh-report.ts";
import type { StatusReport } from "../../src/health/status-report.ts";
import { ejectionOf, limitsOf } from "../../src/istio/circuit-breaker.ts";
import { meshConfigOf } from "../../src/istio/mesh-config.ts";
import { indexRules, ruleFor } from "../../src/istio/rule-for-call.ts";
import { policyFor } from "../../src/istio/traffic-policy.ts";
import { repository, run, runGennet } from "../support/cli.ts";
import { assertDocument } from "../support/documents.ts";
import { type FullSandbox, fullSandbox } from "../support/full-sandbox.ts";
import {
  destinationRule,
  everything,
  injected,
  meshed,
  node,
  reader,
  service,
  strict,
} from "../support/mesh-manifests.ts";
import { ruleCases } from "../support/rule-combinations.ts";

/**
 * Meshed services as real pods with real sidecars. What `gennet mesh`, `gennet breakers` and `gennet status` report is
 * compared with istioctl, and with the result of calls.
 */
const region = "eu-central-1";
let full: FullSandbox;
const apps = ["ledger", "orders", "payments", "rates"];
const soon = { timeout: 90_000, interval: 500 };

interface Answered<D> {
  readonly exit: number | null;
  readonly document: D;
}

async function ask<D>(...words: string[]): Promise<Answered<D>> {
  const { exit, stdout, stderr } = await full.gennet([...words, "-o", "json", "-q"]);
  if (stdout === "") throw new Error(`gennet ${words.join(" ")} ended with ${exit}: ${stderr}`);
  const document = JSON.parse(stdout) as D;
  assertDocument(document);
  return { exit, document };
}

const mesh = (...words: string[]) => ask<MeshReport>("mesh", ...words);
const breakers = (...words: string[]) => ask<BreakersReport>("breakers", ...words);
const status = (...words: string[]) => ask<StatusReport>("status", ...words);

/** Returns `severity id subject` of everything unhealthy. */
function wrong({ document }: Answered<{ readonly findings: StatusReport["findings"] }>): string[] {
  return document.findings
    .filter(({ severity }) => severity !== "ok" && severity !== "skip")
    .map(({ severity, id, subject }) => `${severity} ${id} ${subject}`);
}

interface PodView {
  readonly metadata: { readonly name: string };
  readonly status: { readonly podIP: string };
}

async function podsOf(app: string): Promise<readonly PodView[]> {
  return (
    JSON.parse(await full.kubectl("-n", "shop", "get", "pods", "-l", `app=${app}`, "-o", "json")) as {
      items: PodView[];
    }
  ).items;
}

async function podOf(app: string): Promise<PodView> {
  const [pod] = await podsOf(app);
  if (pod === undefined) throw new Error(`no pod of ${app}`);
  return pod;
}

const istioctl = (...argv: string[]): Promise<string> => full.succeed(join(full.root, "bin/istioctl"), ...argv);

/** Runs a command in an app's container; returns its output. */
const within = (pod: string, container: string, script: string): Promise<string> =>
  full.kubectl("-n", "shop", "exec", pod, "-c", container, "--", "sh", "-c", script);

const calls = (pod: string, count: number): Promise<string> =>
  within(
    pod,
    "app",
    `for i in $(seq ${count}); do curl -s -o /dev/null -m 10 -w '%{http_code} ' http://payments.shop/; done`,
  );

const rolledOut = (app: string): Promise<string> =>
  full.kubectl("-n", "shop", "rollout", "status", `deployment/${app}`, "--timeout=120s");

beforeAll(async () => {
  full = await fullSandbox("mesh", region);
  const program = [join(repository, "test/support/real-pod"), "--", "python3", "server.py"];
  const image = await full.sandbox("image", "echo:1", ...program);
  if (image.exit !== 0) throw new Error(image.stderr);
  await full.apply(node("n1"), injected("shop"), strict);
  await full.apply(service("orders"), service("payments"), destinationRule("payments"));
  await full.apply(
    service("ledger", { name: "tcp", port: 5432 }),
    destinationRule("ledger", { tcp: { maxConnections: 1 } }),
  );
  await full.apply(service("rates"), destinationRule("rates", { http: { http2MaxRequests: 1 } }));
  await full.apply(meshed("orders", 1), meshed("payments", 2), meshed("ledger", 1), meshed("rates", 1));
  for (const app of apps) await rolledOut(app);
}, 3_600_000);
afterAll(() => full.down());

describe("a healthy mesh", () => {
  it("A healthy mesh is in sync, strict and without ejections, and its status is green", async () => {
    await expect
      .poll(async () => (await calls((await podOf("orders")).metadata.name, 4)).trim(), soon)
      .toBe("200 200 200 200");
    const { exit, document } = await mesh("--wait", "--timeout", "60s");
    expect([exit, document.findings.filter(({ severity }) => severity === "fail")]).toEqual([0, []]);
    const [only] = document.regions;
    expect(only?.proxies?.map(({ state }) => state)).toEqual(Array.from({ length: 5 }, () => "synced"));
    expect(only?.workloads?.map(({ workload, mtls }) => [workload, mtls?.mode])).toEqual(
      apps.map((app) => [`deployment shop/${app}`, "STRICT"]),
    );
    const shown = await breakers();
    expect([shown.exit, wrong(shown)]).toEqual([0, []]);
    const edge = shown.document.regions[0]?.edges?.find(({ calls: made }) => made > 0);
    expect(edge).toMatchObject({
      caller: "deployment shop/orders",
      callee: "payments.shop.svc.cluster.local:80",
      limits: { connections: 2, pending: 1 },
      outlierDetection: true,
      hosts: 2,
    });
    const whole = await status("--strict");
    expect([whole.exit, wrong(whole)]).toEqual([0, []]);
  });
});

describe("a pod that fails its callers", () => {
  it("An ejected pod is named with its caller and nothing else, also by istioctl and gennet status, until it recovers", async () => {
    const [caller, callee] = [await podOf("orders"), await podOf("payments")];
    await within(callee.metadata.name, "app", "curl -s -o /dev/null localhost:8000/answer/503");
    const endpoint = async (): Promise<string> =>
      (await istioctl("proxy-config", "endpoint", `${caller.metadata.name}.shop`))
        .split("\n")
        .find((line) => line.startsWith(`${callee.status.podIP}:8000`) && line.includes("|payments.")) ?? "";
    await expect
      .poll(async () => {
        await calls(caller.metadata.name, 8);
        return endpoint();
      }, soon)
      .toContain("FAILED");

    const shown = await breakers();
    const subject = `fail breakers/ejected pod shop/${callee.metadata.name}`;
    expect([shown.exit, wrong(shown)]).toEqual([3, [subject]]);
    expect(shown.document.regions[0]?.ejected).toMatchObject([
      {
        address: callee.status.podIP,
        pod: `shop/${callee.metadata.name}`,
        by: [{ caller: "deployment shop/orders", pods: [`shop/${caller.metadata.name}`], of: 1, exhausted: 0 }],
      },
    ]);
    const whole = await status();
    expect([whole.exit, wrong(whole)]).toEqual([3, [subject]]);
    expect((await breakers("--skip", "breakers/ejected")).exit).toBe(0);

    await within(callee.metadata.name, "app", "curl -s -o /dev/null localhost:8000/answer/200");
    const healed = await breakers("--wait", "--timeout", "120s");
    expect([healed.exit, wrong(healed)]).toEqual([0, []]);
    expect(await endpoint()).toContain("OK");
  });
});

const calleeOf = (url: string): string => {
  const { hostname, port } = new URL(url);
  return `${hostname}.svc.cluster.local:${port === "" ? "80" : port}`;
};

/** Returns the statuses of concurrent calls as curl reports them: 000 if the connection was reset. */
async function together(url: string, count: number): Promise<string[]> {
  const { metadata } = await podOf("orders");
  const call = `curl -s -o /dev/null -w '%{http_code} ' ${url} & `;
  return (await within(metadata.name, "app", `${call.repeat(count)} wait`)).trim().split(" ");
}

async function edgeTo(url: string): Promise<Partial<Edge>> {
  const { document } = await breakers();
  const edges = document.regions.flatMap((each) => each.edges ?? []);
  return edges.find((each) => each.caller === "deployment shop/orders" && each.callee === calleeOf(url)) ?? {};
}

describe("an open breaker", () => {
  it.each([
    ["calls that may not wait for one of its connections", "http://payments.shop/slow/15"],
    ["connections, of a protocol that Envoy does not know", "http://ledger.shop:5432/slow/15"],
  ])("An open breaker rejects %s, and is named meanwhile and afterwards", async (_what, url) => {
    const edge = `deployment shop/orders → ${calleeOf(url)}`;
    const { overflows: before = 0 } = await edgeTo(url);
    const open = () => breakers("--only", "breakers/open");
    // Of concurrent calls, many are rejected while the first is still connecting, and none may be left waiting: more
    // follow.
    const called: Promise<string[]>[] = [];
    await expect
      .poll(async () => {
        called.push(together(url, 2));
        return wrong(await open());
      }, soon)
      .toContain(`fail breakers/open ${edge}`);
    called.push(together(url, 2));
    const refused = (await Promise.all(called)).flat().filter((code) => code !== "200");
    await expect.poll(async () => wrong(await open()), soon).toContain(`warn breakers/open ${edge}`);
    expect(refused.length).toBeGreaterThan(0);
    expect((await edgeTo(url)).overflows).toBe(before + refused.length);
  });

  it("A breaker is known to have rejected nothing before, and counts each request beyond its limit", async () => {
    const url = "http://rates.shop/slow/10";
    expect(await edgeTo(url)).toMatchObject({ limits: { requests: 1 }, calls: 0, overflows: 0 });
    const refused = (await together(url, 4)).filter((code) => code === "503");
    expect(refused.length).toBeGreaterThan(0);
    expect((await edgeTo(url)).overflows).toBe(refused.length);
  });
});

describe("a proxy that rejects its configuration", () => {
  it("A proxy that rejects its configuration is named with Envoy's message, like in istioctl, and in sync after a fix", async () => {
    const { metadata } = await podOf("orders");
    const patch = { operation: "MERGE", value: { lb_policy: "CLUSTER_PROVIDED" } };
    await full.apply({
      apiVersion: "networking.istio.io/v1alpha3",
      kind: "EnvoyFilter",
      metadata: { name: "broken", namespace: "shop" },
      spec: {
        workloadSelector: { labels: { app: "orders" } },
        configPatches: [{ applyTo: "CLUSTER", match: { context: "SIDECAR_OUTBOUND" }, patch }],
      },
    });
    await expect.poll(async () => wrong(await mesh()), soon).toEqual([`fail mesh/sync proxy shop/${metadata.name}`]);
    const { exit, document } = await mesh();
    expect(exit).toBe(3);
    const refused = document.regions[0]?.proxies?.find(({ state }) => state === "refused");
    const clusters = refused?.resources.find(({ type }) => type === "clusters");
    expect(clusters).toMatchObject({
      state: "refused",
      error: expect.stringContaining("cluster provided LB") as string,
    });
    expect(await istioctl("proxy-status", "-o", "json")).toContain(JSON.stringify(clusters?.error).slice(1, -1));

    await full.kubectl("-n", "shop", "delete", "envoyfilter", "broken");
    expect((await mesh("--wait", "--timeout", "60s")).exit).toBe(0);
  });
});

describe("a proxy that hangs", () => {
  it("A proxy that hangs fails after a while as stale or disconnected, and is in sync when it continues", async () => {
    const { metadata } = await podOf("orders");
    await within(metadata.name, "istio-proxy", "kill -STOP $(pgrep -x envoy)");
    // A change that the proxy has to accept.
    await full.apply(service("cart"));
    await expect.poll(async () => wrong(await mesh()), soon).toEqual([`fail mesh/sync proxy shop/${metadata.name}`]);
    const { document } = await mesh();
    const hanging = document.regions[0]?.proxies?.find(({ pod }) => pod === `shop/${metadata.name}`);
    expect(["stale", "unconnected"]).toContain(hanging?.state);
    const silent = await breakers("--request-timeout", "3s");
    expect([silent.exit, wrong(silent)[0]]).toEqual([6, `unknown breakers/proxies proxy shop/${metadata.name}`]);
    await within(metadata.name, "istio-proxy", "kill -CONT $(pgrep -x envoy)");
    expect((await mesh("--wait", "--timeout", "60s")).exit).toBe(0);
  });
});

describe("a workload that accepts plain text", () => {
  async function plainCall(ip: string): Promise<string> {
    const options = ["-s", "-m", "5", "-w", "%{http_code}", "-o", "/dev/null"];
    return (await run("curl", [...options, `http://${ip}:8000/`])).stdout;
  }

  it("A workload that accepts plain text is named with the policy that allows it, and a plain-text call proves it", async () => {
    const { status: seen } = await podOf("payments");
    const plain = () => plainCall(seen.podIP);
    expect(await plain()).toBe("000");
    await full.apply({
      apiVersion: "security.istio.io/v1",
      kind: "PeerAuthentication",
      metadata: { name: "payments", namespace: "shop" },
      spec: { selector: { matchLabels: { app: "payments" } }, mtls: { mode: "PERMISSIVE" } },
    });
    await expect.poll(plain, soon).toBe("200");
    const shown = await mesh();
    expect([shown.exit, wrong(shown)]).toEqual([3, ["fail mesh/mtls deployment shop/payments"]]);
    expect(shown.document.findings.find(({ id }) => id === "mesh/mtls")?.summary).toContain(
      "(PeerAuthentication shop/payments)",
    );
    await full.kubectl("-n", "shop", "delete", "peerauthentication", "payments");
    await expect.poll(plain, soon).toBe("000");
    expect((await mesh("--wait", "--timeout", "60s")).exit).toBe(0);
  });

  it("A workload is named with the ports that bypass its proxy, although the policy is strict", async () => {
    const annotate = (annotations: object) =>
      full.kubectl(
        "-n",
        "shop",
        "patch",
        "deployment",
        "ledger",
        "-p",
        JSON.stringify({ spec: { template: { metadata: { annotations } } } }),
      );
    await annotate({ "traffic.sidecar.istio.io/excludeInboundPorts": "8000" });
    await rolledOut("ledger");
    await expect.poll(async () => wrong(await mesh()), soon).toEqual(["fail mesh/mtls deployment shop/ledger"]);
    const answers = async () => Promise.all((await podsOf("ledger")).map((pod) => plainCall(pod.status.podIP)));
    await expect.poll(answers, soon).toEqual(["200"]);
    await annotate({ "traffic.sidecar.istio.io/excludeInboundPorts": null });
    await rolledOut("ledger");
    expect((await mesh("--wait", "--timeout", "60s")).exit).toBe(0);
  });
});

describe("a policy without the intended effect", () => {
  const apply = (kind: string, app: string, spec: object) =>
    full.apply({
      apiVersion: "security.istio.io/v1",
      kind,
      metadata: { name: "idle", namespace: "shop" },
      spec: { selector: { matchLabels: { app } }, ...spec },
    });

  it("A policy is named if it sets the mode of the Service's port, which has no effect unless it is the container's", async () => {
    const { status: seen } = await podOf("payments");
    const call = ["-s", "-m", "5", "-w", "%{http_code}", "-o", "/dev/null", `http://${seen.podIP}:8000/`];
    const plain = async () => (await run("curl", call)).stdout;
    await apply("PeerAuthentication", "payments", { portLevelMtls: { "80": { mode: "DISABLE" } } });
    await expect.poll(async () => wrong(await mesh()), soon).toEqual(["warn mesh/mtls deployment shop/payments"]);
    expect(await plain()).toBe("000");
    await apply("PeerAuthentication", "payments", { portLevelMtls: { "8000": { mode: "DISABLE" } } });
    await expect.poll(plain, soon).toBe("200");
    expect(wrong(await mesh())).toEqual(["fail mesh/mtls deployment shop/payments"]);
    await full.kubectl("-n", "shop", "delete", "peerauthentication", "idle");
    expect((await mesh("--wait", "--timeout", "60s")).exit).toBe(0);
  });

  it("A policy that selects nothing is named", async () => {
    await apply("AuthorizationPolicy", "nothing", { action: "DENY", rules: [{}] });
    expect(wrong(await mesh())).toEqual(["warn mesh/policies authorizationpolicy shop/idle"]);
    await full.kubectl("-n", "shop", "delete", "authorizationpolicy", "idle");
  });
});

describe("a proxy that intercepts no traffic", () => {
  it("A proxy that intercepts no traffic is named, although the policy is strict; waypoints are ignored", async () => {
    const pod = (name: string, args: readonly string[], annotations: object = {}, labels: object = {}): object => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: "vault", annotations, labels },
      spec: {
        containers: [
          { name: "app", image: "simulated:1" },
          { name: "istio-proxy", image: "docker.io/istio/proxyv2:1.29.0", args },
        ],
      },
    });
    const sidecar = ["proxy", "sidecar"];
    await full.apply(
      injected("vault"),
      pod("open", sidecar, { "sidecar.istio.io/interceptionMode": "NONE" }),
      pod("closed", sidecar),
      pod("waypoint", ["proxy", "waypoint"], {}, { "gateway.networking.k8s.io/gateway-name": "waypoint" }),
    );
    await full.kubectl("-n", "vault", "wait", "--for=condition=Ready", "pod", "--all", "--timeout=60s");
    const shown = await mesh("-n", "vault", "--only", "mesh/mtls");
    expect([shown.exit, wrong(shown)]).toEqual([3, ["fail mesh/mtls pod vault/open"]]);
    expect(shown.document.findings.find(({ severity }) => severity === "ok")?.subject).toBe("1 workload");
    await full.kubectl("delete", "namespace", "vault");
  });
});

describe("names in a meshed pod", () => {
  it("Names in a meshed pod are resolved or unknown without waiting for the search domains of a full name", async () => {
    const { metadata } = await podOf("orders");
    const look = (host: string): Promise<string> =>
      within(metadata.name, "app", `python3 -c 'import socket; socket.getaddrinfo("${host}", 80)' 2>&1 | tail -n 1`);
    expect(await look("payments.shop.svc.cluster.local")).toBe("");
    expect(await look("nobody.example.org")).toContain("Name or service not known");
  });
});

describe("calls without a breaker", () => {
  const coverage = () => breakers("--only", "breakers/coverage", "--strict");

  it("Calls without a breaker are named if the rule ejects for no failure, also after a rollout of the callee", async () => {
    await full.apply({
      ...service("payments"),
      metadata: { name: "quiet", namespace: "shop" },
    });
    const { spec } = destinationRule("quiet") as { spec: object };
    const off = { outlierDetection: { consecutive5xxErrors: 0, interval: "5s" } };
    await full.apply({ ...destinationRule("quiet"), spec: { ...spec, trafficPolicy: off } });
    const { metadata } = await podOf("orders");
    const call = `for i in 1 2 3; do curl -s -o /dev/null -m 10 http://quiet.shop/; done`;
    const named = async () =>
      (await coverage()).document.findings.filter(({ summary }) => summary.includes("quiet.shop.svc.cluster.local:80"));
    await expect
      .poll(async () => {
        await within(metadata.name, "app", call);
        return (await named()).map(({ severity }) => severity);
      }, soon)
      .toEqual(["warn"]);
    const edge = (await breakers()).document.regions[0]?.edges?.find(({ callee }) => callee.startsWith("quiet.shop"));
    expect(edge?.outlierDetection).toBe(false);
    await full.kubectl("-n", "shop", "rollout", "restart", "deployment/payments");
    await rolledOut("payments");
    const after = await coverage();
    expect(after.exit).toBe(9);
    expect(JSON.stringify(after.document.findings)).toContain("quiet.shop.svc.cluster.local:80");
    await full.kubectl("-n", "shop", "delete", "service,destinationrule", "quiet");
    expect((await mesh("--wait", "--timeout", "60s")).exit).toBe(0);
  });
});

describe("a pod that should be in the mesh but is not", () => {
  it("A pod that should be in the mesh but is not is named with the label that requests its sidecar", async () => {
    await full.apply({ ...meshed("bare", 1, "simulated:1") });
    await full.kubectl("-n", "shop", "rollout", "status", "deployment/bare", "--timeout=60s");
    const shown = await mesh();
    expect([shown.exit, wrong(shown)]).toEqual([3, ["fail mesh/sidecar deployment shop/bare"]]);
    await full.kubectl("-n", "shop", "delete", "deployment", "bare", "--cascade=foreground");
    expect((await mesh("--wait", "--timeout", "60s")).exit).toBe(0);
  });
});

describe("a user who may not forward ports", () => {
  /** Returns gennet as a ServiceAccount with these permissions. */
  async function reading(name: string, rules?: readonly object[]) {
    await full.apply(...reader(name, rules));
    const token = (await full.kubectl("-n", "default", "create", "token", name)).trim();
    const config = join(full.root, `${name}.kubeconfig`);
    await writeFile(
      config,
      await full.kubectl("config", "view", "--raw", "--flatten", "--minify", "--context", region),
    );
    await full.kubectl("--kubeconfig", config, "config", "set-credentials", name, `--token=${token}`);
    const cluster = (
      await full.kubectl("--kubeconfig", config, "config", "view", "-o", "jsonpath={.clusters[0].name}")
    ).trim();
    await full.kubectl("--kubeconfig", config, "config", "set-context", name, `--cluster=${cluster}`, `--user=${name}`);
    return async (word: string) => {
      const { exit, stdout } = await runGennet([word, "--context", name, "-o", "json", "-q"], {
        env: { ...full.env, KUBECONFIG: config },
      });
      return { exit, document: JSON.parse(stdout) as MeshReport };
    };
  }

  it("A user who may not forward ports gets a permission error, and everything that the objects show", async () => {
    const asReader = await reading("reader");
    const seen = await asReader("mesh");
    expect(seen.exit).toBe(4);
    expect(wrong(seen).map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual([
      "unknown mesh/istiod",
      "unknown mesh/sync",
    ]);
    expect(seen.document.regions[0]?.workloads?.map(({ mtls }) => mtls?.mode)).toEqual(apps.map(() => "STRICT"));
    expect((await asReader("breakers")).exit).toBe(4);
  });

  it("A user with a read-only role gets the missing permission reported once", async () => {
    const asViewer = await reading("viewer", everything);
    const missing = "permission to create pods/portforward is missing";
    for (const word of ["mesh", "breakers"]) {
      const { exit, document } = await asViewer(word);
      expect([word, exit]).toEqual([word, 4]);
      const roots = document.findings.filter(({ severity, cause }) => severity === "unknown" && cause === undefined);
      expect(roots.map(({ summary }) => summary)).toEqual([expect.stringContaining(missing)]);
      expect(roots[0]?.fix).toMatch(/^kubectl --context viewer auth can-i create pods --subresource=portforward -n /);
    }
  });
});

describe("the breakers that Istio creates from DestinationRules", () => {
  const cases = ruleCases(100, 1);

  interface Cluster {
    readonly name: string;
    readonly circuitBreakers?: { readonly thresholds?: readonly Readonly<Record<string, unknown>>[] };
    readonly outlierDetection?: Readonly<Record<string, unknown>>;
    readonly commonLbConfig?: { readonly healthyPanicThreshold?: { readonly value?: number } };
  }

  /** Describes Envoy's settings in the format of `limitsOf` and `ejectionOf`. */
  function inEnvoy({ circuitBreakers, outlierDetection, commonLbConfig }: Cluster): object {
    const [thresholds = {}] = circuitBreakers?.thresholds ?? [];
    const limit = (key: string) => {
      const value = thresholds[key];
      return typeof value === "number" && value < 2_147_483_647 ? value : undefined;
    };
    const limits = {
      connections: limit("maxConnections"),
      pending: limit("maxPendingRequests"),
      requests: limit("maxRequests"),
    };
    if (outlierDetection === undefined) return { limits, ejection: undefined };
    const counts = (kind: string, fallback: number, enforced: number) => {
      const value = Number(outlierDetection[kind] ?? fallback);
      const isOn = Number(outlierDetection[`enforcing${kind[0]?.toUpperCase()}${kind.slice(1)}`] ?? enforced) > 0;
      return isOn && value < 2_147_483_647 ? value : undefined;
    };
    const ms = (key: string, fallback: number) => {
      const text = outlierDetection[key];
      return typeof text === "string" ? Number.parseFloat(text) * 1_000 : fallback;
    };
    const ejection = {
      consecutive5xx: counts("consecutive5xx", 5, 100),
      consecutiveGateway: counts("consecutiveGatewayFailure", 5, 0),
      intervalMs: ms("interval", 10_000),
      baseEjectionMs: ms("baseEjectionTime", 30_000),
      maxEjectionPercent: outlierDetection["maxEjectionPercent"] ?? 10,
      minHealthPercent: commonLbConfig?.healthyPanicThreshold?.value ?? 0,
    };
    return { limits, ejection };
  }

  /** Returns the clusters, by Envoy's name, of a caller with these labels. */
  async function expected(labels: Readonly<Record<string, string>>): Promise<Map<string, object>> {
    const { items } = JSON.parse(await full.kubectl("get", "destinationrules", "-A", "-o", "json")) as {
      items: readonly {
        metadata: { name: string; namespace: string; creationTimestamp: string };
        spec: unknown;
      }[];
    };
    const rules = items.map(({ metadata: { name, namespace, creationTimestamp: createdAt }, spec }) => ({
      name,
      namespace,
      createdAt,
      spec,
    }));
    const config = meshConfigOf({});
    const index = indexRules(rules, config);
    const found = new Map<string, object>();
    for (const { namespace, host } of cases) {
      const rule = ruleFor(index, { from: { namespace: "shop", labels }, host, namespace });
      for (const subset of [undefined, ...(rule?.subsets ?? []).map(({ name }) => name)]) {
        const { connectionPool, outlierDetection } = policyFor(rule, { port: 80, ...(subset && { subset }) }, config);
        const ejection = ejectionOf(outlierDetection.value);
        const { ejects: _ejects, ...numbers } = ejection ?? {};
        const breaker = { limits: limitsOf(connectionPool.value), ejection: ejection && numbers };
        found.set(`outbound|80|${subset ?? ""}|${host}`, breaker);
      }
    }
    return found;
  }

  it("The breakers that Istio creates are those that gennet computes, for every generated set of rules", async () => {
    await full.apply(...cases.flatMap(({ objects }) => objects));
    const { metadata } = await podOf("orders");
    const { labels } = (
      JSON.parse(await full.kubectl("-n", "shop", "get", "pod", metadata.name, "-o", "json")) as {
        metadata: { labels: Record<string, string> };
      }
    ).metadata;
    const worked = await expected(labels);
    const differing = async () => {
      const clusters = JSON.parse(
        await istioctl("proxy-config", "cluster", `${metadata.name}.shop`, "-o", "json"),
      ) as readonly Cluster[];
      const made = new Map(
        clusters.filter(({ name }) => name.includes(".far-")).map((each) => [each.name, inEnvoy(each)]),
      );
      return [...new Set([...worked.keys(), ...made.keys()])].flatMap((name) => {
        const [ours, envoys] = [JSON.stringify(worked.get(name)), JSON.stringify(made.get(name))];
        return ours === envoys ? [] : [{ name, ours, envoys }];
      });
    };
    await expect.poll(differing, soon).toEqual([]);
    const kinds = new Set([...worked.values()].map((each) => JSON.stringify(each)));
    expect(kinds.size).toBeGreaterThan(80);
  });
});

describe("an istiod that does not respond", () => {
  it("An istiod that does not respond makes its proxies unknown, and nothing else", async () => {
    expect((await full.sandbox("fail", "istiod")).exit).toBe(0);
    const shown = await mesh();
    expect(shown.exit).toBe(5);
    expect(wrong(shown).map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual([
      "unknown mesh/istiod",
      "unknown mesh/sync",
    ]);
    expect((await breakers("--only", "breakers/ejected")).exit).toBe(0);
    expect((await full.sandbox("heal", "istiod")).exit).toBe(0);
    expect((await mesh("--wait", "--timeout", "90s")).exit).toBe(0);
  });
});

describe("what counts as a failure", () => {
  /** Leaves out the warnings about calls that were refused earlier. */
  const ejected = async (): Promise<string[]> =>
    wrong(await breakers("--only", "breakers/ejected")).filter((line) => line.startsWith("fail"));
  const gatewayErrors = { consecutive5xxErrors: 0, consecutiveGatewayErrors: 3 };

  it.each([
    [500, "5xx", { consecutive5xxErrors: 3 }, true],
    [500, "gateway errors", gatewayErrors, false],
    [503, "gateway errors", gatewayErrors, true],
  ])("A pod that answers %i is ejected if its rule counts %s: %j", async (code, _what, failures, isEjected) => {
    await full.apply(destinationRule("payments", undefined, failures));
    const [caller, callee] = [await podOf("orders"), await podOf("payments")];
    await within(callee.metadata.name, "app", `curl -s -o /dev/null localhost:8000/answer/${code}`);
    const failed = async (): Promise<number> =>
      (await calls(caller.metadata.name, 24)).split(" ").filter((status) => status === String(code)).length;
    // Without an ejection, the pod gets half of the calls.
    await expect.poll(failed, soon).toEqual(isEjected ? 0 : expect.toSatisfy((count: number) => count > 5));
    const subject = `fail breakers/ejected pod shop/${callee.metadata.name}`;
    expect(await ejected()).toEqual(isEjected ? [subject] : []);
    await within(callee.metadata.name, "app", "curl -s -o /dev/null localhost:8000/answer/200");
    await expect.poll(ejected, soon).toEqual([]);
    await full.apply(destinationRule("payments"));
  });
});

describe("many slow calls over one HTTP/2 connection", () => {
  it("Slow calls over one HTTP/2 connection open the breaker beyond its limit of requests", async () => {
    const pool = { tcp: { maxConnections: 1 }, http: { h2UpgradePolicy: "UPGRADE", http2MaxRequests: 5 } };
    await full.apply(destinationRule("rates", pool));
    const url = "http://rates.shop/slow/10";
    const edge = "deployment shop/orders → rates.shop.svc.cluster.local:80";
    await expect.poll(async () => (await edgeTo(url)).limits, soon).toMatchObject({ connections: 1, requests: 5 });
    const { overflows: before = 0 } = await edgeTo(url);
    const called = together(url, 20);
    await expect
      .poll(async () => wrong(await breakers("--only", "breakers/open")), soon)
      .toContain(`fail breakers/open ${edge}`);
    const refused = (await called).filter((code) => code === "503");
    expect(refused.length).toBe(15);
    expect((await edgeTo(url)).overflows).toBe(before + refused.length);
  });
});
