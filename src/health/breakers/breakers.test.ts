import { describe, expect, it } from "vitest";
import { askOne, type HealthTrial } from "../../../test/support/health-trial.ts";
import { deployment, pod } from "../../../test/support/kube-objects.ts";
import { meshNamespace, meshPod, proxyAnswers } from "../../../test/support/mesh-objects.ts";
import { nonEmpty } from "../../../test/support/non-empty.ts";
import { AppError } from "../../core/error.ts";
import type { Finding } from "../../core/finding.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";
import { breakersCoverage } from "../checks/breakers-coverage.ts";
import { breakersEjected } from "../checks/breakers-ejected.ts";
import { breakersOpen } from "../checks/breakers-open.ts";
import { workloadsAvailable } from "../checks/workloads-available.ts";
import { breakersProxies } from "../checks/breakers-proxies.ts";

const callers = [meshPod("orders-1", "orders", "10.0.0.1"), meshPod("orders-2", "orders", "10.0.0.2")];
const callees = [meshPod("payments-1", "payments", "10.0.0.3"), meshPod("payments-2", "payments", "10.0.0.4")];
const host = "payments.shop.svc.cluster.local";
/** What Istio makes the proxies' outlier detection of. */
const rule = (outlierDetection: object): KubeObject => ({
  apiVersion: "networking.istio.io/v1",
  kind: "DestinationRule",
  metadata: { name: "payments", namespace: "shop" },
  spec: { host: "payments", trafficPolicy: { outlierDetection } },
});
const guarded = { host, calls: 5, maxConnections: 10, outlierDetection: true };
const well = proxyAnswers([{ ...guarded, hosts: { "10.0.0.3": "well", "10.0.0.4": "well" } }]);
const nothing = proxyAnswers([]);
const quiet = { "shop/payments-1:15000": nothing, "shop/payments-2:15000": nothing };

const trial = (one: readonly string[] | AppError, two: readonly string[] | AppError, more: HealthTrial = {}) => ({
  objects: [meshNamespace, ...callers, ...callees, ...(more.objects ?? [rule({})])],
  answers: { ...quiet, "shop/orders-1:15000": one, "shop/orders-2:15000": two, ...more.answers },
});
const brief = (findings: readonly Finding[]) =>
  findings.map(({ severity, subject, summary, cause }) => [
    severity,
    `${subject}: ${summary}`,
    ...(cause === undefined ? [] : [cause]),
  ]);

describe("ejected pods", () => {
  const ejecting = proxyAnswers([{ ...guarded, hosts: { "10.0.0.3": "ejected", "10.0.0.4": "well" } }]);

  it("No pod is ejected if everything is healthy", async () => {
    expect(brief((await askOne(breakersEjected, trial(well, well))).findings)).toEqual([
      ["ok", "1 call edge: no pod is ejected"],
    ]);
  });

  it("Ejected pods are named with their callers, and the number of the callers' proxies", async () => {
    const { findings } = await askOne(breakersEjected, trial(ejecting, well));
    expect(brief(findings)).toEqual([
      ["fail", `pod shop/payments-1: ejected by deployment shop/orders (1 of its 2 proxies) as ${host}:80`],
    ]);
    expect(findings[0]?.fix).toBe("kubectl --context eu -n shop logs payments-1 --all-containers --since=15m");
  });

  it("A finding says which callers have no pod left to call", async () => {
    const all = proxyAnswers([{ ...guarded, hosts: { "10.0.0.3": "ejected" } }]);
    expect(brief((await askOne(breakersEjected, trial(all, all))).findings)).toEqual([
      [
        "fail",
        `pod shop/payments-1: ejected by deployment shop/orders as ${host}:80, 2 proxies of which have no host left`,
      ],
    ]);
  });

  it("Ejected pods are a symptom if their workload is not available", async () => {
    const broken = deployment("payments", { availableReplicas: 1 });
    const { findings } = await askOne(breakersEjected, trial(ejecting, ejecting, { objects: [broken] }), [
      workloadsAvailable,
    ]);
    expect(findings[0]?.cause).toBe("workloads/available");
  });

  it("Ejected pods may be outside the mesh, or outside the cluster", async () => {
    const hosts = { "10.0.9.9": "ejected", "192.0.2.1": "ejected" } as const;
    const outside = pod("legacy-1", { phase: "Running", podIP: "10.0.9.9" });
    const objects = [{ ...outside, metadata: { ...outside.metadata, namespace: "old" } }];
    const answers = proxyAnswers([{ ...guarded, hosts }]);
    const { findings } = await askOne(breakersEjected, trial(answers, answers, { objects }));
    expect(findings.map(({ subject }) => subject)).toEqual([
      "pod old/legacy-1",
      "host 192.0.2.1 (no pod of this cluster)",
    ]);
  });
});

describe("open breakers", () => {
  const hosts = { "10.0.0.3": "well" } as const;

  it("An open breaker fails with the limit that is reached", async () => {
    const open = proxyAnswers([{ ...guarded, hosts, breaker: "pending", overflows: 3 }]);
    expect(brief((await askOne(breakersOpen, trial(open, well))).findings)).toEqual([
      [
        "fail",
        `deployment shop/orders → ${host}:80: open: pending (limit 5) in 1 of 2 proxies; 3 calls refused since its proxies started`,
      ],
    ]);
  });

  it("A breaker is not open while calls wait for a connection, unless none can wait", async () => {
    const http = proxyAnswers([{ ...guarded, hosts, breaker: "connections" }]);
    expect(brief((await askOne(breakersOpen, trial(http, well))).findings)).toEqual([["ok", "1 breaker: is closed"]]);
    const tcp = proxyAnswers([{ ...guarded, hosts, breaker: "connections", tcp: true }]);
    expect(brief((await askOne(breakersOpen, trial(tcp, tcp))).findings)).toEqual([
      ["fail", `deployment shop/orders → ${host}:80: open: connections (limit 10) in 2 of 2 proxies`],
    ]);
  });

  it("A breaker that was open is a warning", async () => {
    const was = proxyAnswers([{ ...guarded, hosts, overflows: 1 }]);
    expect(brief((await askOne(breakersOpen, trial(was, well))).findings)).toEqual([
      ["warn", `deployment shop/orders → ${host}:80: closed now; 1 call refused since its proxies started`],
    ]);
  });

  it("Breakers are unknown if the proxies do not export them, and cannot be open without limits", async () => {
    const missing = proxyAnswers([{ ...guarded, hosts, breaker: "missing" }]);
    const { findings } = await askOne(breakersOpen, trial(missing, missing));
    expect(brief(findings)).toEqual([
      [
        "unknown",
        "deployment shop/orders: its proxies export no breaker statistics: it is unknown whether one is open",
      ],
    ]);
    const unlimited = proxyAnswers([{ host, calls: 5, hosts, outlierDetection: true, breaker: "missing" }]);
    expect(brief((await askOne(breakersOpen, trial(unlimited, unlimited))).findings)).toEqual([
      ["skip", "breakers: no proxy has a breaker with limits"],
    ]);
  });

  it("One exporting proxy is enough to fail a breaker; a limit that refuses no calls stays unknown", async () => {
    const missing = proxyAnswers([{ ...guarded, hosts, breaker: "missing" }]);
    const severities = async (breaker: "pending" | "connections") => {
      const { findings } = await askOne(breakersOpen, trial(proxyAnswers([{ ...guarded, hosts, breaker }]), missing));
      return findings.map(({ severity }) => severity);
    };
    expect(await severities("pending")).toEqual(["fail"]);
    expect(await severities("connections")).toEqual(["unknown"]);
  });
});

describe("calls without a breaker", () => {
  it("Calls without a breaker are a warning only on edges that carry calls", async () => {
    const hosts = { "10.0.0.3": "well" } as const;
    const bare = proxyAnswers([
      { host, calls: 5, hosts },
      { host: "unused.shop.svc.cluster.local", hosts },
    ]);
    expect(brief((await askOne(breakersCoverage, trial(bare, bare, { objects: [] }))).findings)).toEqual([
      ["warn", `deployment shop/orders: calls ${host}:80 without a breaker`],
    ]);
    expect(brief((await askOne(breakersCoverage, trial(well, well))).findings)).toEqual([
      ["ok", "1 used call edge: has a breaker"],
    ]);
  });
});

describe("a proxy that does not answer", () => {
  const silent = new AppError("KUBE_FORWARD_FAILED", "port 15000 cannot be reached");

  it("A proxy that does not answer is unknown in all checks, and the others are still checked", async () => {
    const one = trial(silent, well);
    expect(brief((await askOne(breakersProxies, one)).findings)).toEqual([
      ["unknown", "proxy shop/orders-1: port 15000 cannot be reached"],
      ["ok", "3 proxies: answer"],
    ]);
    expect(brief((await askOne(breakersEjected, one, [breakersProxies])).findings)).toEqual([
      ["ok", "1 call edge: no pod is ejected"],
      ["unknown", "proxy shop/orders-1: not known: the proxy does not answer", "breakers/proxies"],
    ]);
  });

  it("A permission that is missing in several namespaces is one finding, with the command that checks it", async () => {
    const namespaces = ["shop", "ops"].map((name) => ({
      ...meshNamespace,
      metadata: { ...meshNamespace.metadata, name },
    }));
    const pods = namespaces.map(({ metadata: { name } }) => {
      const plain = meshPod("orders-1", "orders", "10.0.0.1");
      return { ...plain, metadata: { ...plain.metadata, namespace: name } };
    });
    const deniedIn = (namespace: string) =>
      new AppError("KUBE_DENIED", `eu: not allowed in ${namespace}.`, {
        next: [`kubectl --context eu auth can-i create pods --subresource=portforward -n ${namespace}`],
      });
    const answers = { "shop/orders-1:15000": deniedIn("shop"), "ops/orders-1:15000": deniedIn("ops") };
    const { findings } = await askOne(breakersProxies, { objects: [...namespaces, ...pods], answers });
    expect(brief(findings)).toEqual([
      ["unknown", "2 proxies (ops/orders-1, shop/orders-1): eu: not allowed in ops. The same applies in shop."],
    ]);
    expect(findings[0]?.fix).toBe("kubectl --context eu auth can-i create pods --subresource=portforward -n ops");
  });

  it("ztunnels and gRPC agents are not asked, because they are not Envoys", async () => {
    const plain = meshPod("z-1", "z", "10.0.1.1");
    const ztunnel = { ...plain, spec: { containers: [{ name: "istio-proxy", args: ["proxy", "ztunnel"] }] } };
    const { cluster } = await askOne(breakersProxies, { objects: [meshNamespace, ztunnel] });
    expect(nonEmpty(cluster.reads).filter((read) => read.startsWith("ask"))).toEqual([]);
  });

  it("A proxy is not asked after another one in its namespace was denied", async () => {
    const denied = new AppError("KUBE_DENIED", "you may not forward ports");
    const many = Array.from({ length: 30 }, (_, at) => meshPod(`z-${at}`, "z", `10.0.1.${at}`));
    const asked = many.map(({ metadata }) => metadata.name).toSorted();
    asked.length = 20;
    const { findings, cluster } = await askOne(breakersProxies, {
      objects: [meshNamespace, ...many],
      answers: Object.fromEntries(asked.map((name) => [`shop/${name}:15000`, denied])),
    });
    expect(findings).toMatchObject([{ severity: "unknown", obstacle: "denied" }]);
    expect(findings[0]?.subject).toMatch(/^30 proxies /);
    expect(cluster.reads.filter((read) => read.startsWith("ask"))).toHaveLength(20);
  });
});
