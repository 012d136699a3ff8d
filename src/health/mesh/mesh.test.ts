import { describe, expect, it } from "vitest";
import type { FakeClusterOptions } from "../../../test/support/fake-cluster.ts";
import { askOne, type HealthTrial } from "../../../test/support/health-trial.ts";
import { pod } from "../../../test/support/kube-objects.ts";
import { istiod, meshNamespace, meshPod, strictMesh, syncz, synczNow } from "../../../test/support/mesh-objects.ts";
import { AppError } from "../../core/error.ts";
import type { Finding } from "../../core/finding.ts";
import { meshIstiod } from "../checks/mesh-istiod.ts";
import { meshMtls } from "../checks/mesh-mtls.ts";
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

describe("the sync of proxies", () => {
  it("is put together of all istiods", async () => {
    const both = planes(syncz({ "orders-1.shop": {} }), syncz({ "payments-1.shop": {} }));
    const { findings } = await askOne(meshSync, trial(both));
    expect(brief(findings)).toEqual([["ok", "2 proxies: all in sync"]]);
  });

  it("names who refuses what in Envoy's words, all alike in one line", async () => {
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

  it("is stale after a while, and only a warning before", async () => {
    const both = planes(
      syncz({ "orders-1.shop": { acked: false, minutesAgo: 3 } }),
      syncz({ "payments-1.shop": { acked: false, minutesAgo: 0.1 } }),
    );
    const { findings } = await askOne(meshSync, trial(both));
    expect(brief(findings)).toEqual([
      ["fail", "proxy shop/orders-1: does not take up the listeners that istiod sent (sent 3m00s ago)"],
      ["warn", "proxy shop/payments-1: has just been sent listeners (sent 6.0s ago)"],
    ]);
  });

  it("counts what was sent last where a proxy has reconnected", async () => {
    const both = planes(
      syncz({ "orders-1.shop": { acked: false, minutesAgo: 60 }, "payments-1.shop": {} }),
      syncz({ "orders-1.shop": {} }),
    );
    expect(brief((await askOne(meshSync, trial(both))).findings)).toEqual([["ok", "2 proxies: all in sync"]]);
  });

  it("fails for a proxy that no istiod knows", async () => {
    const both = planes(syncz({ "orders-1.shop": {} }), syncz({}));
    expect(brief((await askOne(meshSync, trial(both))).findings)).toEqual([
      ["fail", "proxy shop/payments-1: connected to no istiod"],
      ["ok", "1 proxy: in sync"],
    ]);
  });

  it("is unknown for it where an istiod does not answer, and known for the others", async () => {
    const one = trial(planes(syncz({ "orders-1.shop": {} }), silent));
    expect(brief((await askOne(meshSync, one)).findings)).toEqual([
      ["unknown", "proxy shop/payments-1: connected to none of the istiods that answer", "mesh/istiod"],
      ["ok", "1 proxy: in sync"],
    ]);
    expect(brief((await askOne(meshIstiod, one)).findings)).toEqual([
      ["unknown", "istiod-b: port 15014 cannot be reached"],
      ["ok", "1 istiod: answers, 1 connection of proxies"],
    ]);
  });

  it("is asked for at the older port where the newer one does not lead to it", async () => {
    const older = {
      "istio-system/istiod-a:8080": [syncz({ "orders-1.shop": {}, "payments-1.shop": {} })],
      "istio-system/istiod-b:15014": [syncz({})],
    };
    expect(brief((await askOne(meshSync, trial(older))).findings)).toEqual([["ok", "2 proxies: all in sync"]]);
  });

  it("looks at one namespace alone where one is named", async () => {
    const both = planes(
      syncz({ "a-1.elsewhere": { acked: false }, "orders-1.shop": {} }),
      syncz({ "payments-1.shop": {} }),
    );
    const { findings } = await askOne(meshSync, trial(both, { namespace: "shop" }));
    expect(brief(findings)).toEqual([["ok", "2 proxies: all in sync"]]);
  });
});

describe("istiod", () => {
  it("fails where there is none and proxies depend on it", async () => {
    const { findings } = await askOne(meshIstiod, { objects: [meshNamespace, orders] });
    expect(brief(findings)).toEqual([["fail", "istiod: none runs, and proxies depend on it"]]);
    const { findings: proxies } = await askOne(meshSync, { objects: [meshNamespace, orders] });
    expect(brief(proxies)).toEqual([["fail", "proxy shop/orders-1: connected to no istiod", "mesh/istiod"]]);
  });

  it("is missed by nobody in a status of a cluster without Istio, and unknown to who asks for the mesh", async () => {
    const without = { objects: [meshNamespace, pod("orders-1", {}, "orders")] };
    const summary = "Istio is not installed here: no istiod runs, and no pod has a proxy";
    for (const check of [meshIstiod, meshSync, meshSidecar, meshMtls]) {
      expect((await askOne(check, without)).findings).toMatchObject([{ severity: "skip", summary }]);
      expect((await askOne(check, { ...without, meshExpected: true })).findings).toMatchObject([
        { severity: "unknown", obstacle: "unreachable", summary },
      ]);
    }
  });

  it("is not known to who may not look", async () => {
    const errors = { Pod: new AppError("KUBE_DENIED", "you may not list pods") };
    const { findings } = await askOne(meshIstiod, { objects, errors });
    expect(findings).toMatchObject([{ severity: "unknown", obstacle: "denied" }]);
  });
});

describe("sidecars", () => {
  it("are missing where they are asked for, with the command that mends it", async () => {
    const bare = pod("cart-1", {}, "cart");
    const { findings } = await askOne(meshSidecar, { objects: [...objects, bare] });
    expect(brief(findings)).toEqual([
      ["fail", "deployment shop/cart: 1 of its 1 pod has no sidecar, though namespace shop asks for one"],
    ]);
    expect(findings[0]?.fix).toBe("kubectl --context eu -n shop rollout restart deployment/cart");
  });

  it("are not missed of pods that have ended, or that nobody wants in the mesh", async () => {
    const done = pod("job-1", { phase: "Succeeded" }, { kind: "Job", name: "job" });
    const outside = { ...pod("b", {}, "b"), metadata: { name: "b", namespace: "elsewhere" } };
    const { findings } = await askOne(meshSidecar, { objects: [...objects, done, outside] });
    expect(brief(findings)).toEqual([["ok", "2 pods: in the mesh, and none is missing there"]]);
  });
});

describe("mutual TLS", () => {
  it("is strict where the mesh says so", async () => {
    expect(brief((await askOne(meshMtls, { objects })).findings)).toEqual([
      ["ok", "2 workloads: take mutual TLS only"],
    ]);
  });

  it("fails for the workload that a policy opens, by its name", async () => {
    const permissive = {
      apiVersion: "security.istio.io/v1",
      kind: "PeerAuthentication",
      metadata: { name: "orders", namespace: "shop" },
      spec: { selector: { matchLabels: { app: "orders" } }, portLevelMtls: { "9090": { mode: "PERMISSIVE" } } },
    };
    expect(brief((await askOne(meshMtls, { objects: [...objects, permissive] })).findings)).toEqual([
      [
        "fail",
        "deployment shop/orders: mTLS is PERMISSIVE on port 9090 by PeerAuthentication shop/orders: plain text is taken",
      ],
      ["ok", "1 workload: takes mutual TLS only"],
    ]);
  });

  it("fails for all of them where nobody says anything", async () => {
    const { findings } = await askOne(meshMtls, { objects: objects.filter((each) => each !== strictMesh) });
    expect(brief(findings)).toEqual([
      [
        "fail",
        "deployment shop/orders, deployment shop/payments: mTLS is PERMISSIVE by Istio's default: plain text is taken",
      ],
    ]);
  });

  it("fails for ports whose connections do not go through the proxy", async () => {
    const annotations = { "traffic.sidecar.istio.io/excludeInboundPorts": "15020,9000" };
    const cart = meshPod("cart-1", "cart", "10.0.0.9");
    const open = { ...cart, metadata: { ...cart.metadata, annotations } };
    expect(brief((await askOne(meshMtls, { objects: [...objects, open] })).findings)).toEqual([
      ["fail", "deployment shop/cart: connections to port 9000 do not go through its proxy: plain text is taken"],
      ["ok", "2 workloads: take mutual TLS only"],
    ]);
  });
});
