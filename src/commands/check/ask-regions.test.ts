import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { clusterContext } from "../../../test/support/cluster-context.ts";
import { assertDocument } from "../../../test/support/documents.ts";
import type { FakeClusterOptions } from "../../../test/support/fake-cluster.ts";
import { deployment, node } from "../../../test/support/kube-objects.ts";
import {
  istiod,
  meshNamespace,
  meshPod,
  proxyAnswers,
  strictMesh,
  syncz,
  synczNow,
} from "../../../test/support/mesh-objects.ts";
import { destinationRule } from "../../../test/support/mesh-manifests.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";
import type { TextView } from "../../core/command.ts";
import { AppError } from "../../core/error.ts";
import { envelope } from "../../core/outcome.ts";
import * as breakers from "../breakers/breakers.run.ts";
import type { CheckInput } from "./flags.ts";
import * as mesh from "../mesh/mesh.run.ts";
import * as status from "../status/status.run.ts";

const once: CheckInput = { only: [], skip: [], strict: false, wait: false, report: [] };
const plain: TextView = { wide: false, columns: 120, paint: (_tone, text) => text };
const host = "payments.shop.svc.cluster.local";
const [orders, payments] = [meshPod("orders-1", "orders", "10.0.0.1"), meshPod("payments-1", "payments", "10.0.0.2")];

const pods = { mesh: /istiod/, breakers: /orders|payments/, all: /./, none: /^$/ };

/** A region with a mesh of two pods, one of which may have ejected the other. Only the `asked` pods answer. */
function region(state: "well" | "ejected", asked: keyof typeof pods = "all"): FakeClusterOptions {
  const callee = { host, calls: 3, maxConnections: 10, outlierDetection: true, hosts: { "10.0.0.2": state } };
  return {
    objects: [
      meshNamespace,
      orders,
      payments,
      istiod("istiod-a"),
      strictMesh,
      node("n1"),
      deployment("orders"),
      destinationRule("payments") as KubeObject,
    ],
    answers: Object.fromEntries(
      [
        ["istio-system/istiod-a:15014", [syncz({ "orders-1.shop": {}, "payments-1.shop": {} })]] as const,
        ["shop/orders-1:15000", proxyAnswers([callee])] as const,
        ["shop/payments-1:15000", proxyAnswers([])] as const,
      ].filter(([pod]) => pods[asked].test(pod)),
    ),
    podNow: synczNow,
  };
}

const refused = new AppError("KUBE_UNREACHABLE", "refused");

describe("gennet mesh", () => {
  it("gennet mesh shows one row per region, all proxies and workloads with -o wide, and hides no problem of other regions", async () => {
    const { exit, document } = await mesh.run(once, clusterContext({ eu: region("well", "mesh"), us: refused }));
    assertDocument(JSON.parse(JSON.stringify(envelope(document))));
    expect(exit).toBe(5);
    const [head, eu, us] = mesh.present(document, plain).split("\n");
    expect(head?.split(/ {2,}/)).toEqual(["REGION", "ISTIODS", "IN SYNC", "SIDECARS", "STRICT MTLS", "TIME"]);
    expect(eu?.split(/ +/).slice(0, 5)).toEqual(["eu", "1/1", "2/2", "2/2", "2/2"]);
    expect(us?.split(/ +/).slice(0, 5)).toEqual(["us", "?", "?", "?", "?"]);
    const wide = mesh.present(document, { ...plain, wide: true });
    expect(wide).toMatch(/shop\/orders-1 +synced +5m00s ago +istiod-a +1\.31\.0/);
    expect(wide).toMatch(/deployment shop\/orders +1\/1 +STRICT +PeerAuthentication istio-system\/default/);
  });

  it("gennet mesh shows a dash for a skipped check, and a question mark for an unknown result", async () => {
    const denied = new AppError("KUBE_DENIED", "not allowed to forward ports");
    const eu = { ...region("well"), answers: { "istio-system/istiod-a:15014": denied } };
    const row = async (input: Partial<CheckInput>, places: FakeClusterOptions) => {
      const { document } = await mesh.run({ ...once, ...input }, clusterContext({ eu: places }));
      return mesh.present(document, plain).split("\n")[1]?.split(/ {2,}/).slice(0, 5);
    };
    expect(await row({ only: ["mesh/mtls"] }, region("well", "none"))).toEqual(["eu", "-", "-", "-", "2/2"]);
    expect(await row({ skip: ["mesh/sync"] }, region("well", "mesh"))).toEqual(["eu", "1/1", "-", "2/2", "2/2"]);
    expect(await row({}, eu)).toEqual(["eu", "?/1", "?/2", "2/2", "2/2"]);
  });

  it("gennet mesh rejects a namespace that does not exist, once, and suggests a similar one", async () => {
    const { exit, document } = await mesh.run(
      once,
      clusterContext({ eu: region("well", "none") }, { namespace: "shpo" }),
    );
    expect(exit).toBe(3);
    expect(document.findings.filter(({ severity }) => severity !== "ok" && severity !== "skip")).toMatchObject([
      { id: "cluster/api", severity: "fail", subject: "namespace shpo", summary: "does not exist; there is shop" },
    ]);
    expect(document.findings.filter(({ id }) => id.startsWith("mesh/"))).toMatchObject(
      Array.from({ length: 6 }, () => ({ severity: "skip", cause: "cluster/api" })),
    );
  });

  it("gennet mesh does not report a region without Istio as healthy", async () => {
    const { exit } = await mesh.run(once, clusterContext({ eu: { objects: [node("n1")] } }));
    expect(exit).toBe(5);
    expect((await status.run(once, clusterContext({ eu: { objects: [node("n1")] } }))).exit).toBe(0);
  });
});

describe("gennet breakers", () => {
  it("gennet breakers shows each caller and callee, and each ejected pod with its callers", async () => {
    const { exit, document } = await breakers.run(once, clusterContext({ eu: region("ejected", "breakers") }));
    assertDocument(JSON.parse(JSON.stringify(envelope(document))));
    expect(exit).toBe(3);
    const text = breakers.present(document, plain);
    expect(text).toMatch(/deployment shop\/orders +payments\S+:80 +connections 10, pending 5 +yes +closed +0 +1\/1/);
    expect(text).toMatch(/shop\/payments-1 +deployment shop\/orders +1\/1 +payments\S+:80/);
  });

  it("gennet breakers shows the number of edges as unknown if no proxy answers, and as a minimum if only some do", async () => {
    const row = async (input: Partial<CheckInput>, answers: FakeClusterOptions["answers"]) => {
      const places = region("well", "breakers");
      const eu = { ...places, answers: { ...places.answers, ...answers } };
      const { document } = await breakers.run({ ...once, ...input }, clusterContext({ eu }));
      return breakers.present(document, plain).split("\n")[1]?.split(/ {2,}/).slice(0, 4);
    };
    const silent = new AppError("KUBE_FORWARD_FAILED", "nothing listens");
    const [one, both] = [
      { "shop/payments-1:15000": silent },
      { "shop/orders-1:15000": silent, "shop/payments-1:15000": silent },
    ];
    expect(await row({}, {})).toEqual(["eu", "2/2", "1", "0"]);
    expect(await row({}, one)).toEqual(["eu", "1/2, 1 ?", "≥1", "≥0"]);
    expect(await row({}, both)).toEqual(["eu", "?/2", "?", "?"]);
    expect(await row({ only: ["breakers/proxies"] }, {})).toEqual(["eu", "2/2", "-", "-"]);
  });

  it("gennet breakers and gennet status report the same findings", async () => {
    const { exit, document } = await status.run(once, clusterContext({ eu: region("ejected") }));
    expect(exit).toBe(3);
    const failed = document.findings.filter(({ severity }) => severity === "fail");
    expect(failed.map(({ id, subject }) => `${id} ${subject}`)).toEqual(["breakers/ejected pod shop/payments-1"]);
  });
});

describe("--wait", () => {
  it("gennet breakers --wait polls until healthy", async () => {
    let asked = 0;
    const context = clusterContext({ eu: () => region(++asked < 3 ? "ejected" : "well", "breakers") });
    const { exit } = await breakers.run({ ...once, wait: true }, context);
    expect([exit, asked]).toEqual([0, 3]);
  });

  it("gennet breakers --wait ends with the last answer and the exit code of a timeout if it never becomes healthy", async () => {
    const context = clusterContext({ eu: region("ejected", "breakers") }, { timeout: 20_000 });
    const { exit, document } = await breakers.run({ ...once, wait: true }, context);
    expect(exit).toBe(6);
    expect(document.findings).toContainEqual(expect.objectContaining({ id: "breakers/ejected", severity: "fail" }));
    expect(context.host.clock.now() - Date.parse(document.generatedAt)).toBeLessThan(20_000);
  });
});

describe("--report", () => {
  it("gennet breakers writes the findings as JUnit and as annotations of a workflow", async () => {
    const context = clusterContext({ eu: region("ejected") });
    const file = join(await mkdtemp(join(tmpdir(), "gennet-report-")), "status.xml");
    await status.run({ ...once, report: [`junit=${file}`, "github=-"] }, context);
    const xml = await readFile(file, "utf8");
    await rm(dirname(file), { recursive: true });
    expect(xml).toContain('<testsuite name="breakers/ejected" tests="1" failures="1" errors="0" skipped="0">');
    expect(xml).toContain('<testcase classname="nodes/ready" name="eu 1 node"/>');
    expect(context.written()).toMatch(/^::error title=eu breakers\/ejected::pod shop\/payments-1: ejected by /m);
  });

  it("gennet breakers rejects report formats that are only for files", async () => {
    const asked = status.run({ ...once, report: ["sarif=x"] }, clusterContext({ eu: region("well") }));
    await expect(asked).rejects.toMatchObject({ code: "USAGE_INVALID" });
  });
});
