import { describe, expect, it } from "vitest";
import type { FakeClusterOptions } from "../../../test/support/fake-cluster.ts";
import { askOne, type HealthTrial } from "../../../test/support/health-trial.ts";
import { pod } from "../../../test/support/kube-objects.ts";
import { istiod, meshNamespace, meshPod, strictMesh, syncz, synczNow } from "../../../test/support/mesh-objects.ts";
import { AppError } from "../../core/error.ts";
import type { Finding } from "../../core/finding.ts";
import { meshIstiod } from "../checks/mesh-istiod.ts";
import { meshMtls } from "../checks/mesh-mtls.ts";
import { meshPolicies } from "../checks/mesh-policies.ts";
import { meshSidecar } from "../checks/mesh-sidecar.ts";
import { meshSync } from "../checks/mesh-sync.ts";

const orders = meshPod("orders-1", "orders", "10.0.0.1");
const payments = meshPod("payments-1", "payments", "10.0.0.2");
const objects = [meshNamespace, orders, payments, istiod("istiod-a"), istiod("istiod-b"), strictMesh];
const silent = new AppError("KUBE_FORWARD_FAILED", "port 15014 cannot be reached");

const brief = (findings: readonly Finding[]) =>
  findings.map(({ severity, subject, summary, cause }) => [
    severity,
    `${subject}: ${summary}`,
    ...(cause === undefined ? [] : [cause]),
  ]);

type Answers = NonNullable<FakeClusterOptions["answers"]>;
const planes = (a: string | AppError, b: string | AppError): Answers => {
  const answer = (each: string | AppError) => (each instanceof AppError ? each : [each]);
  return { "istio-system/istiod-a:15014": answer(a), "istio-system/istiod-b:15014": answer(b) };
};
const trial = (answers: Answers, more: HealthTrial = {}): HealthTrial => ({
  objects,
  answers,
  podNow: synczNow,
  ...more,
});

describe("an admin of one namespace", () => {
  it("An admin of one namespace learns of one missing permission at a time, whichever response comes first", async () => {
    const denied = (what: string) => new AppError("KUBE_DENIED", `${what} is forbidden`);
    const pods = denied("pods");
    const errors = {
      "Pod in all": pods,
      "Pod in istio-system": pods,
      PeerAuthentication: denied("peerauthentications"),
    };
    const { findings } = await askOne(meshMtls, trial({}, { errors, namespace: "shop" }));
    expect(brief(findings)).toEqual([["unknown", expect.stringContaining("is forbidden")]]);
  });
});

describe("the sync of proxies", () => {
  it("The sync of proxies is combined from all istiods", async () => {
    const both = planes(syncz({ "orders-1.shop": {} }), syncz({ "payments-1.shop": {} }));
    const { findings } = await askOne(meshSync, trial(both));
    expect(brief(findings)).toEqual([["ok", "2 proxies: all in sync"]]);
  });

  it("Proxies that refuse the same configuration are one finding with Envoy's message", async () => {
    const refused = { acked: false, error: "Error adding listener: no such filter 'lua2'" };
    const both = planes(syncz({ "orders-1.shop": refused }), syncz({ "payments-1.shop": refused }));
    const { findings } = await askOne(meshSync, trial(both));
    expect(brief(findings)).toEqual([
      [
        "fail",
        "2 proxies (shop/orders-1, shop/payments-1): refuses its listeners: Error adding listener: no such filter 'lua2' (sent 5m00s ago)",
      ],
    ]);
  });

  it("An unacknowledged configuration is stale after a while, and only a warning before", async () => {
    const both = planes(
      syncz({ "orders-1.shop": { acked: false, minutesAgo: 3 } }),
      syncz({ "payments-1.shop": { acked: false, minutesAgo: 0.1 } }),
    );
    const { findings } = await askOne(meshSync, trial(both));
    expect(brief(findings)).toEqual([
      ["fail", "proxy shop/orders-1: has not acknowledged the listeners that istiod sent (sent 3m00s ago)"],
      ["warn", "proxy shop/payments-1: was just sent listeners (sent 6.0s ago)"],
    ]);
  });

  it("After a reconnect of a proxy, what was sent last counts", async () => {
    const both = planes(
      syncz({ "orders-1.shop": { acked: false, minutesAgo: 60 }, "payments-1.shop": {} }),
      syncz({ "orders-1.shop": {} }),
    );
    expect(brief((await askOne(meshSync, trial(both))).findings)).toEqual([["ok", "2 proxies: all in sync"]]);
  });

  it("A proxy that no istiod knows fails", async () => {
    const both = planes(syncz({ "orders-1.shop": {} }), syncz({}));
    expect(brief((await askOne(meshSync, trial(both))).findings)).toEqual([
      ["fail", "proxy shop/payments-1: not connected to any istiod"],
      ["ok", "1 proxy: in sync"],
    ]);
  });

  it("If an istiod does not answer, its proxies are unknown, and the others are known", async () => {
    const one = trial(planes(syncz({ "orders-1.shop": {} }), silent));
    expect(brief((await askOne(meshSync, one, [meshIstiod])).findings)).toEqual([
      ["unknown", "proxy shop/payments-1: connected to none of the istiods that answer", "mesh/istiod"],
      ["ok", "1 proxy: in sync"],
    ]);
    expect(brief((await askOne(meshIstiod, one)).findings)).toEqual([
      ["unknown", "istiod-b: port 15014 cannot be reached"],
      ["ok", "1 istiod: answers, 1 proxy connection"],
    ]);
  });

  it("The sync is read from the older port if the newer one does not serve it", async () => {
    const older = {
      "istio-system/istiod-a:8080": [syncz({ "orders-1.shop": {}, "payments-1.shop": {} })],
      "istio-system/istiod-b:15014": [syncz({})],
    };
    expect(brief((await askOne(meshSync, trial(older))).findings)).toEqual([["ok", "2 proxies: all in sync"]]);
  });

  it("Only the selected namespace is checked", async () => {
    const both = planes(
      syncz({ "a-1.elsewhere": { acked: false }, "orders-1.shop": {} }),
      syncz({ "payments-1.shop": {} }),
    );
    const { findings } = await askOne(meshSync, trial(both, { namespace: "shop" }));
    expect(brief(findings)).toEqual([["ok", "2 proxies: all in sync"]]);
  });
});

describe("istiod", () => {
  it("A missing istiod fails if proxies depend on it", async () => {
    const { findings } = await askOne(meshIstiod, { objects: [meshNamespace, orders] });
    expect(brief(findings)).toEqual([["fail", "istiod: none is running, and proxies depend on it"]]);
    const { findings: proxies } = await askOne(meshSync, { objects: [meshNamespace, orders] }, [meshIstiod]);
    expect(brief(proxies)).toEqual([["fail", "proxy shop/orders-1: not connected to any istiod", "mesh/istiod"]]);
  });

  it("Without Istio, mesh/istiod is skipped in a status, and unknown if the user asked for the mesh", async () => {
    const without = { objects: [meshNamespace, pod("orders-1", {}, "orders")] };
    const summary = "Istio is not installed here: no istiod runs, and no pod has a proxy";
    for (const check of [meshIstiod, meshSync, meshSidecar, meshMtls]) {
      expect((await askOne(check, without)).findings).toMatchObject([{ severity: "skip", summary }]);
      expect((await askOne(check, { ...without, meshExpected: true })).findings).toMatchObject([
        { severity: "unknown", obstacle: "unreachable", summary },
      ]);
    }
  });

  it("istiod is unknown if the user may not read it", async () => {
    const errors = { Pod: new AppError("KUBE_DENIED", "you may not list pods") };
    const { findings } = await askOne(meshIstiod, { objects, errors });
    expect(findings).toMatchObject([{ severity: "unknown", obstacle: "denied" }]);
  });
});

describe("sidecars", () => {
  it("A missing sidecar that is requested is reported with the command that fixes it", async () => {
    const bare = pod("cart-1", {}, "cart");
    const { findings } = await askOne(meshSidecar, { objects: [...objects, bare] });
    expect(brief(findings)).toEqual([
      ["fail", "deployment shop/cart: 1 of its 1 pod has no sidecar, although namespace shop requests one"],
    ]);
    expect(findings[0]?.fix).toBe("kubectl --context eu -n shop rollout restart deployment/cart");
  });

  it("Pods that have ended, or that are not in the mesh, need no sidecar", async () => {
    const done = pod("job-1", { phase: "Succeeded" }, { kind: "Job", name: "job" });
    const outside = { ...pod("b", {}, "b"), metadata: { name: "b", namespace: "elsewhere" } };
    const { findings } = await askOne(meshSidecar, { objects: [...objects, done, outside] });
    expect(brief(findings)).toEqual([["ok", "2 pods: in the mesh, and none is missing"]]);
  });
});

describe("mutual TLS", () => {
  it("mTLS is strict if the policy of the mesh is", async () => {
    expect(brief((await askOne(meshMtls, { objects })).findings)).toEqual([
      ["ok", "2 workloads: only accept mutual TLS"],
    ]);
  });

  it("A workload that a policy opens fails, with the name of the policy", async () => {
    const permissive = {
      apiVersion: "security.istio.io/v1",
      kind: "PeerAuthentication",
      metadata: { name: "orders", namespace: "shop" },
      spec: { selector: { matchLabels: { app: "orders" } }, portLevelMtls: { "9090": { mode: "PERMISSIVE" } } },
    };
    expect(brief((await askOne(meshMtls, { objects: [...objects, permissive] })).findings)).toEqual([
      [
        "fail",
        "deployment shop/orders: mTLS is PERMISSIVE on port 9090 (PeerAuthentication shop/orders): plain text is accepted",
      ],
      ["ok", "1 workload: only accepts mutual TLS"],
    ]);
  });

  it("All workloads fail without a policy", async () => {
    const { findings } = await askOne(meshMtls, { objects: objects.filter((each) => each !== strictMesh) });
    expect(brief(findings)).toEqual([
      [
        "fail",
        "deployment shop/orders, deployment shop/payments: mTLS is PERMISSIVE (Istio's default): plain text is accepted",
      ],
    ]);
  });

  it("Ports whose connections bypass the proxy fail", async () => {
    const annotations = { "traffic.sidecar.istio.io/excludeInboundPorts": "15020,9000" };
    const cart = meshPod("cart-1", "cart", "10.0.0.9");
    const open = { ...cart, metadata: { ...cart.metadata, annotations } };
    expect(brief((await askOne(meshMtls, { objects: [...objects, open] })).findings)).toEqual([
      [
        "fail",
        "deployment shop/cart: connections to port 9000 bypass its proxy (its annotation traffic.sidecar.istio.io/excludeInboundPorts): plain text is accepted",
      ],
      ["ok", "2 workloads: only accept mutual TLS"],
    ]);
  });

  const nocapture = (annotations: Record<string, string>, name = "nocapture-1") => {
    const plain = meshPod(name, "nocapture", "10.0.0.9");
    return { ...plain, metadata: { ...plain.metadata, annotations } };
  };

  it("A sidecar that intercepts nothing fails, although the policy is STRICT", async () => {
    const open = nocapture({ "sidecar.istio.io/interceptionMode": "NONE" });
    const { findings } = await askOne(meshMtls, { objects: [...objects, open] });
    expect(brief(findings)).toEqual([
      [
        "fail",
        "deployment shop/nocapture: connections to all ports bypass its proxy (its annotation sidecar.istio.io/interceptionMode: NONE): plain text is accepted",
      ],
      ["ok", "2 workloads: only accept mutual TLS"],
    ]);
    expect(findings[0]?.fix).toBe(
      "remove sidecar.istio.io/interceptionMode from the pod template's annotations, and restart it",
    );
  });

  it("Pods fail if MeshConfig's default is NONE and they do not override it", async () => {
    const mesh = "defaultConfig:\n  interceptionMode: NONE\n";
    const config = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "istio", namespace: "istio-system" } };
    const redirected = nocapture({ "sidecar.istio.io/interceptionMode": "REDIRECT" });
    const { findings } = await askOne(meshMtls, { objects: [...objects, redirected, { ...config, data: { mesh } }] });
    expect(findings.map(({ severity, subject }) => `${severity} ${subject}`)).toEqual([
      "fail deployment shop/orders, deployment shop/payments",
      "ok 1 workload",
    ]);
  });

  it("Every pod of a workload counts, and the finding says how many accept plain text", async () => {
    const { findings } = await askOne(meshMtls, {
      objects: [...objects, nocapture({}), nocapture({ "sidecar.istio.io/interceptionMode": "NONE" }, "nocapture-2")],
    });
    expect(findings[0]).toMatchObject({
      severity: "fail",
      subject: "deployment shop/nocapture",
      summary: expect.stringMatching(/plain text is accepted by 1 of its 2 pods$/) as string,
      evidence: { pods: ["nocapture-2"] },
    });
    expect(findings[1]).toMatchObject({ severity: "ok", subject: "2 workloads" });
  });

  it("A policy that selects only some pods of a workload counts for them", async () => {
    const canary = meshPod("orders-2", "orders", "10.0.0.3");
    const labels = { ...canary.metadata.labels, track: "canary" };
    const policy = {
      ...strictMesh,
      metadata: { name: "canary", namespace: "shop" },
      spec: { selector: { matchLabels: { track: "canary" } }, mtls: { mode: "PERMISSIVE" } },
    };
    const { findings } = await askOne(meshMtls, {
      objects: [...objects, { ...canary, metadata: { ...canary.metadata, labels } }, policy],
    });
    expect(brief(findings)).toEqual([
      [
        "fail",
        "deployment shop/orders: mTLS is PERMISSIVE (PeerAuthentication shop/canary): plain text is accepted by 1 of its 2 pods",
      ],
      ["ok", "1 workload: only accepts mutual TLS"],
    ]);
  });

  it("The policy of the root namespace in MeshConfig applies, wherever istiod is installed", async () => {
    const moved = istiod("istiod-a");
    const labels = { ...moved.metadata.labels, "istio.io/rev": "canary" };
    const config = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "istio-canary", namespace: "mesh" } };
    const policy = { ...strictMesh, metadata: { name: "default", namespace: "mesh-config" } };
    const { findings } = await askOne(meshMtls, {
      objects: [
        meshNamespace,
        orders,
        policy,
        { ...moved, metadata: { ...moved.metadata, namespace: "mesh", labels } },
        { ...config, data: { mesh: "rootNamespace: mesh-config" } },
      ],
    });
    expect(brief(findings)).toEqual([["ok", "1 workload: only accepts mutual TLS"]]);
  });

  it("Waypoints and gateways are not checked, because they are called themselves", async () => {
    const proxyAs = (role: string) => {
      const plain = meshPod(`${role}-1`, role, "10.0.0.8");
      return { ...plain, spec: { containers: [{ name: "istio-proxy", args: ["proxy", role] }] } } as typeof plain;
    };
    const permissive = { ...strictMesh, spec: { mtls: { mode: "PERMISSIVE" } } };
    const others = [meshNamespace, istiod("istiod-a"), permissive, proxyAs("waypoint"), proxyAs("router")];
    expect((await askOne(meshMtls, { objects: others })).findings).toMatchObject([{ severity: "skip" }]);
  });

  it("Pods in the ambient mesh are unknown", async () => {
    const namespace = {
      ...meshNamespace,
      metadata: { name: "shop", labels: { "istio.io/dataplane-mode": "ambient" } },
    };
    const bare = pod("cart-1", {}, "cart");
    const { findings } = await askOne(meshMtls, { objects: [namespace, istiod("istiod-a"), strictMesh, bare] });
    expect(brief(findings)).toEqual([["unknown", "deployment shop/cart: in the ambient mesh, which is not checked"]]);
  });
});

describe("an empty mesh", () => {
  it("An empty mesh is not healthy: a status skips it, and it is unknown if the user asked for the mesh", async () => {
    const empty = { objects: [istiod("istiod-a"), strictMesh] };
    for (const check of [meshSync, meshSidecar, meshMtls]) {
      expect((await askOne(check, { ...empty, podNow: synczNow })).findings).toMatchObject([{ severity: "skip" }]);
      const asked = await askOne(check, { ...empty, podNow: synczNow, meshExpected: true, namespace: "shop" });
      expect(asked.findings).toMatchObject([
        { severity: "unknown", summary: expect.stringMatching(/^no pod of namespace shop /) as string },
      ]);
    }
  });
});

describe("proxies that come and go", () => {
  const startedAgo = (seconds: number) => {
    const running = { startedAt: new Date(synczNow - seconds * 1000).toISOString() };
    const plain = meshPod("orders-1", "orders", "10.0.0.1");
    const statuses = [{ name: "istio-proxy", image: "proxy", ready: true, restartCount: 0, state: { running } }];
    return { ...plain, status: { ...plain.status, initContainerStatuses: statuses } };
  };
  const sync = async (pod: object, answer: string) => {
    const answers = { "istio-system/istiod-a:15014": [answer] };
    const all = [meshNamespace, istiod("istiod-a"), pod as typeof orders];
    return brief((await askOne(meshSync, { objects: all, answers, podNow: synczNow })).findings);
  };

  it("A new proxy has a minute to connect, and is a warning until then", async () => {
    expect(await sync(startedAgo(20), syncz({}))).toEqual([
      ["warn", "proxy shop/orders-1: has just started and is not connected to an istiod yet"],
    ]);
    expect(await sync(startedAgo(80), syncz({}))).toEqual([
      ["fail", "proxy shop/orders-1: not connected to any istiod"],
    ]);
  });

  it("A new proxy is unknown if an istiod that may know it does not answer", async () => {
    const { findings } = await askOne(meshSync, {
      objects: [meshNamespace, istiod("istiod-a"), startedAgo(20)],
      podNow: synczNow,
    });
    expect(brief(findings)).toEqual([["unknown", "proxy shop/orders-1: connected to none of the istiods that answer"]]);
  });

  it("Proxies of pods that are being deleted do not count", async () => {
    const ending = { ...orders, metadata: { ...orders.metadata, deletionTimestamp: "2026-01-02T03:04:00Z" } };
    expect(await sync(ending, syncz({ "orders-1.shop": { acked: false } }))).toMatchObject([
      ["skip", expect.anything()],
    ]);
  });

  it("A proxy whose container is waiting has not started", async () => {
    const waiting = { ...orders, status: { phase: "Pending" } };
    expect(await sync(waiting, syncz({}))).toMatchObject([["skip", expect.anything()]]);
  });
});

describe("a type without a subscription", () => {
  const type = (name: string) => `type.googleapis.com/envoy.config.${name}`;
  const [listener, route] = [type("listener.v3.Listener"), type("route.v3.RouteConfiguration")];
  const at = (seconds: number): string => new Date(synczNow - seconds * 1000).toISOString();
  const one = async (resources: object) => {
    const body = JSON.stringify([{ proxy: "orders-1.shop", resources }]);
    const answers = { "istio-system/istiod-a:15014": [body] };
    const all = [meshNamespace, istiod("istiod-a"), orders];
    return brief((await askOne(meshSync, { objects: all, answers, podNow: synczNow })).findings);
  };

  it("A type that was never sent is not stale, however old the proxy is", async () => {
    const acked = { sent: "a", acked: "a", sentTime: at(3600) };
    expect(await one({ [listener]: acked, [route]: { sentTime: "0001-01-01T00:00:00Z" } })).toEqual([
      ["ok", "1 proxy: in sync"],
    ]);
  });

  it("A type is not stale if the proxy acknowledged something that was sent later", async () => {
    const later = { sent: "b", acked: "b", sentTime: at(60) };
    const never = { sent: "a", sentTime: at(3600) };
    expect(await one({ [listener]: later, [route]: never })).toEqual([["ok", "1 proxy: in sync"]]);
    const earlier = { ...later, sentTime: at(7200) };
    expect(await one({ [listener]: earlier, [route]: never })).toMatchObject([["fail", expect.anything()]]);
    expect(await one({ [listener]: later, [route]: { ...never, acked: "0" } })).toMatchObject([
      ["fail", expect.anything()],
    ]);
  });
});

describe("ports of a policy, and Services", () => {
  const own = (portLevelMtls: object, mode = "STRICT") => ({
    ...strictMesh,
    metadata: { name: "orders", namespace: "shop" },
    spec: { selector: { matchLabels: { app: "orders" } }, mtls: { mode }, portLevelMtls },
  });
  const service = (port: object, spec: object = {}) => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "orders", namespace: "shop" },
    spec: { selector: { app: "orders" }, ports: [port], ...spec },
  });
  const told = async (...more: NonNullable<FakeClusterOptions["objects"]>) =>
    brief((await askOne(meshMtls, { objects: [...objects, ...more] })).findings);

  it("Ports of the Service in a policy have no effect, and do not accept plain text", async () => {
    expect(await told(own({ "8000": { mode: "PERMISSIVE" } }), service({ port: 8000, targetPort: 80 }))).toEqual([
      [
        "warn",
        "deployment shop/orders: portLevelMtls in PeerAuthentication shop/orders has no effect: 8000 is the port of Service orders, but the container's is 80",
      ],
      ["ok", "2 workloads: only accept mutual TLS"],
    ]);
  });

  it("Ports of the container in a policy accept plain text", async () => {
    const found = await told(own({ "80": { mode: "PERMISSIVE" } }), service({ port: 8000, targetPort: 80 }));
    expect(found[0]).toEqual([
      "fail",
      "deployment shop/orders: mTLS is PERMISSIVE on port 80 (PeerAuthentication shop/orders): plain text is accepted",
    ]);
  });

  it("Ports in a policy are used unchanged if Services may not be read", async () => {
    const errors = { Service: new AppError("KUBE_DENIED", "you may not list services") };
    const all = [...objects, own({ "8000": { mode: "PERMISSIVE" } }), service({ port: 8000, targetPort: 80 })];
    const { findings } = await askOne(meshMtls, { objects: all, errors });
    expect(findings[0]).toMatchObject({ severity: "fail", subject: "deployment shop/orders" });
  });

  it("A port of a headless Service with another mode than the namespace fails, with the port and the policy", async () => {
    const headless = service({ port: 9090 }, { clusterIP: "None" });
    expect(await told(own({ "9090": { mode: "DISABLE" } }), headless)).toEqual([
      [
        "fail",
        "deployment shop/orders: mTLS is DISABLE on port 9090 (PeerAuthentication shop/orders): plain text is accepted",
      ],
      [
        "fail",
        "deployment shop/orders: callers of headless Service orders send mutual TLS to port 9090, which only accepts plain text (PeerAuthentication shop/orders): these calls fail",
      ],
      ["ok", "1 workload: only accepts mutual TLS"],
    ]);
    expect(await told(own({ "9090": { mode: "DISABLE" } }), service({ port: 9090 }))).toHaveLength(2);
    expect(await told(own({ "9090": { mode: "STRICT" } }), headless)).toHaveLength(1);
    const plain = {
      ...strictMesh,
      metadata: { name: "default", namespace: "shop" },
      spec: { mtls: { mode: "DISABLE" } },
    };
    expect(await told(own({ "9090": { mode: "STRICT" } }), headless, plain)).toContainEqual([
      "fail",
      "deployment shop/orders: callers of headless Service orders send plain text to port 9090, which only accepts mutual TLS (PeerAuthentication shop/orders): these calls fail",
    ]);
  });
});

describe("policies that select nothing", () => {
  const policy = (kind: string, app: string, namespace = "shop") => ({
    apiVersion: "security.istio.io/v1",
    kind,
    metadata: { name: app, namespace },
    spec: { selector: { matchLabels: { app } } },
  });
  const told = async (...policies: NonNullable<FakeClusterOptions["objects"]>) =>
    brief((await askOne(meshPolicies, { objects: [...objects, ...policies] })).findings);

  it.each(["PeerAuthentication", "AuthorizationPolicy", "RequestAuthentication"])(
    "A policy that selects nothing is a warning: %s",
    async (kind) => {
      expect(await told(policy(kind, "truxify"), policy(kind, "orders"))).toEqual([
        ["warn", `${kind.toLowerCase()} shop/truxify: selects nothing: no pod in the mesh has app=truxify`],
        ["ok", "1 policy: selects pods"],
      ]);
    },
  );

  it("In the root namespace, policies without any pod and PeerAuthentications with a selector select nothing", async () => {
    expect(await told(policy("AuthorizationPolicy", "orders", "istio-system"))).toEqual([
      ["ok", "1 policy: selects pods"],
    ]);
    expect(await told(policy("PeerAuthentication", "orders", "istio-system"))).toEqual([
      ["warn", "peerauthentication istio-system/orders: has a selector in the root namespace: it selects nothing"],
    ]);
  });

  it("A policy whose pods have no sidecar selects nothing", async () => {
    const refusing = pod("cart-1", {}, "cart");
    const labels = { ...refusing.metadata.labels, app: "cart", "sidecar.istio.io/inject": "false" };
    const bare = { ...refusing, metadata: { ...refusing.metadata, labels } };
    expect(await told(policy("AuthorizationPolicy", "cart"), bare)).toMatchObject([["warn", expect.anything()]]);
  });

  it("mesh/policies is skipped if no policy has a selector", async () => {
    expect(await told()).toEqual([["skip", "policies: no policy has a selector"]]);
  });
});
