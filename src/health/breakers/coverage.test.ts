import { describe, expect, it } from "vitest";
import { askOne, type HealthTrial } from "../../../test/support/health-trial.ts";
import { ago, deployment, testNow } from "../../../test/support/kube-objects.ts";
import { meshNamespace, meshPod, proxyAnswers } from "../../../test/support/mesh-objects.ts";
import { AppError } from "../../core/error.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";
import { breakersCoverage } from "../checks/breakers-coverage.ts";
import { breakersEjected } from "../checks/breakers-ejected.ts";
import { breakersProxies } from "../checks/breakers-proxies.ts";
import { meshCertificates } from "../checks/mesh-certificates.ts";
import type { PodObject } from "../../core/kubernetes/pod.ts";

const host = "payments.shop.svc.cluster.local";
const hosts = { "10.0.0.3": "well" } as const;

/** A pod whose proxy started so many minutes ago. */
function startedAgo(pod: PodObject, minutes: number, annotations = {}): PodObject {
  const running = { startedAt: ago(minutes) };
  const status = { name: "istio-proxy", image: "proxy", ready: true, restartCount: 0, state: { running } };
  return {
    ...pod,
    metadata: { ...pod.metadata, annotations },
    status: { ...pod.status, initContainerStatuses: [status] },
  };
}

const rule = (spec: object, namespace = "shop"): KubeObject => ({
  apiVersion: "networking.istio.io/v1",
  kind: "DestinationRule",
  metadata: { name: "payments", namespace },
  spec: { host, ...spec },
});
/** Nothing was called: that is no proof of breakers. */
const nothingJudged = "skip used call edges: no proxy has sent a call over one yet: there is nothing to check";
const ejecting = (outlierDetection: object) => rule({ trafficPolicy: { outlierDetection } });

interface Trial extends HealthTrial {
  readonly caller?: PodObject;
  readonly callee?: PodObject;
}

const trialOf = (
  answers: readonly string[] | AppError,
  { caller, callee = startedAgo(meshPod("payments-1", "payments", "10.0.0.3"), 90), ...more }: Trial,
): HealthTrial => ({
  ...more,
  objects: [
    meshNamespace,
    caller ?? startedAgo(meshPod("orders-1", "orders", "10.0.0.1"), 60),
    callee,
    ...(more.objects ?? []),
  ],
  answers: { [`shop/${callee.metadata.name}:15000`]: proxyAnswers([]), "shop/orders-1:15000": answers },
});

const coverage = async (answers: readonly string[], more: Trial = {}) => {
  const { findings } = await askOne(breakersCoverage, trialOf(answers, more));
  return findings.map(({ severity, subject, summary }) => `${severity} ${subject}: ${summary}`);
};

describe("an edge with only outlier detection", () => {
  const detecting = proxyAnswers([{ host, calls: 5, hosts, outlierDetection: true }]);

  it("An edge with only outlier detection has a breaker if its rule ejects", async () => {
    expect(await coverage(detecting, { objects: [ejecting({ maxEjectionPercent: 100 })] })).toEqual([
      "ok 1 used call edge: has a breaker",
    ]);
  });

  it.each([{ consecutive5xxErrors: 0, interval: "5s" }, { minHealthPercent: 100 }])(
    "An edge has no breaker if its rule never ejects: %j",
    async (outlierDetection) => {
      expect(await coverage(detecting, { objects: [ejecting(outlierDetection)] })).toEqual([
        `warn deployment shop/orders: calls ${host}:80 without a breaker; DestinationRule shop/payments for ${host}:80 neither refuses calls nor ejects hosts`,
      ]);
    },
  );

  // envoy#27909, istio#8846
  it("An edge has no breaker if the percentage that may be ejected is less than one host", async () => {
    const three = { "10.0.0.3": "well", "10.0.0.4": "well", "10.0.0.5": "well" } as const;
    const answers = proxyAnswers([{ host, calls: 5, hosts: three, outlierDetection: true }]);
    const said = (outlierDetection: object) => coverage(answers, { objects: [ejecting(outlierDetection)] });
    expect(await said({})).toEqual([
      `warn deployment shop/orders: calls ${host}:80 without a breaker; DestinationRule shop/payments for ${host}:80 ejects none of its 3 hosts: maxEjectionPercent is 10`,
    ]);
    expect((await said({ maxEjectionPercent: 33 }))[0]).toContain("maxEjectionPercent is 33");
    expect(await said({ maxEjectionPercent: 34 })).toEqual(["ok 1 used call edge: has a breaker"]);
  });

  it("An edge is judged by the rule that Istio uses, not by another one for the host", async () => {
    const elsewhere = { ...ejecting({}), metadata: { name: "payments", namespace: "platform" } };
    const off = { ...ejecting({ consecutive5xxErrors: 0 }), metadata: { name: "payments", namespace: "istio-system" } };
    expect((await coverage(detecting, { objects: [elsewhere, off] }))[0]).toContain(
      "DestinationRule istio-system/payments",
    );
  });

  it("An edge is unknown if its rule is not in this cluster, or the user may not read it", async () => {
    expect(await coverage(detecting)).toEqual([
      `unknown 1 used call edge: it is unknown whether the outlierDetection for ${host}:80 ejects hosts: the proxies have one, but no DestinationRule in this cluster applies`,
    ]);
    const errors = { DestinationRule: new AppError("KUBE_DENIED", "you may not list destinationrules") };
    const { findings } = await askOne(breakersCoverage, trialOf(detecting, { errors }));
    expect(findings).toMatchObject([{ severity: "unknown", obstacle: "denied" }]);
  });
});

describe("only a limit of connections", () => {
  it("A limit of connections alone is no breaker for HTTP, because calls wait, but is one for TCP", async () => {
    const answers = (tcp: boolean) => {
      const [clusters = "", stats = ""] = proxyAnswers([{ host, calls: 5, hosts, maxConnections: 5, tcp }]);
      return [clusters.replace("max_pending_requests::5", "max_pending_requests::4294967295"), stats];
    };
    expect((await coverage(answers(false)))[0]).toMatch(/^warn .* without a breaker/);
    expect(await coverage(answers(true))).toEqual(["ok 1 used call edge: has a breaker"]);
  });
});

describe("calls to pods that no longer exist", () => {
  const bare = { host, hosts };
  const callee = startedAgo(meshPod("payments-1", "payments", "10.0.0.3"), 5);

  it("Calls to pods that no longer exist are counted if the counters of the cluster are exported", async () => {
    expect(await coverage(proxyAnswers([{ ...bare, total: 30 }]), { callee })).toEqual([
      `warn deployment shop/orders: calls ${host}:80 without a breaker`,
    ]);
    expect(await coverage(proxyAnswers([{ ...bare, total: 0 }]), { callee })).toEqual([nothingJudged]);
  });

  it("Without these counters, an edge is a warning if the callee was rolled out after its caller started", async () => {
    const rolledOut = (revision: string, minutes: number): KubeObject => ({
      ...deployment("payments"),
      metadata: {
        name: "payments",
        namespace: "shop",
        creationTimestamp: ago(minutes),
        annotations: { "deployment.kubernetes.io/revision": revision },
      },
    });
    for (const workload of [rolledOut("2", 5), rolledOut("1", 500)]) {
      expect((await coverage(proxyAnswers([bare]), { callee, objects: [workload] }))[0]).toMatch(/^warn 1 call edge/);
    }
    expect(await coverage(proxyAnswers([bare]), { callee, objects: [rolledOut("1", 6)] })).toEqual([nothingJudged]);
    expect(await coverage(proxyAnswers([bare]), { callee })).toEqual([
      `warn 1 call edge: deployment shop/orders → ${host}:80: no breaker, and it is unknown whether it was used before the callee's current pods started`,
    ]);
    expect(await coverage(proxyAnswers([bare]))).toEqual([nothingJudged]);
  });
});

describe("a workload's own Service", () => {
  it("The Service of the caller's own workload is no call edge, although its replicas come and go", async () => {
    const replica = startedAgo(meshPod("orders-2", "orders", "10.0.0.3"), 5);
    const said = await coverage(proxyAnswers([{ host, hosts }]), { callee: replica });
    expect(said).toContain(nothingJudged);
    expect(said.filter((each) => each.startsWith("warn"))).toEqual([]);
  });
});

describe("calls that bypass the proxy's rules", () => {
  it("Calls to a pod's address are reported, and calls to addresses outside the mesh are not", async () => {
    expect(await coverage(proxyAnswers([], ["10.0.0.3", "192.0.2.1"]))).toEqual([
      "warn deployment shop/orders: calls shop/payments-1 by address, bypassing every DestinationRule",
    ]);
    expect(await coverage(proxyAnswers([], ["192.0.2.1"]))).toEqual([nothingJudged]);
  });

  it.each([
    ["excludeOutboundPorts", "80", `excludeOutboundPorts has 80: calls to ${host}:80 would bypass its proxy`],
    ["includeOutboundIPRanges", "", "its includeOutboundIPRanges is empty: its calls bypass its proxy"],
    ["excludeOutboundIPRanges", "0.0.0.0/0", "its excludeOutboundIPRanges has 0.0.0.0/0: its calls bypass its proxy"],
  ])(
    "Calls that bypass the proxy are reported with the annotation that makes them: %s",
    async (name, value, summary) => {
      const annotations = { [`traffic.sidecar.istio.io/${name}`]: value };
      const caller = startedAgo(meshPod("orders-1", "orders", "10.0.0.1"), 60, annotations);
      expect(await coverage(proxyAnswers([{ host, hosts }]), { caller })).toEqual([
        `warn deployment shop/orders: ${summary}`,
      ]);
    },
  );

  it("The port of a database that is not a service in the mesh bypasses nothing", async () => {
    const annotations = { "traffic.sidecar.istio.io/excludeOutboundPorts": "5432" };
    const caller = startedAgo(meshPod("orders-1", "orders", "10.0.0.1"), 60, annotations);
    expect(await coverage(proxyAnswers([{ host, hosts }]), { caller })).toEqual([nothingJudged]);
  });
});

describe("ejected hosts that are still called", () => {
  it("Ejected hosts are reported to be called if fewer are healthy than minHealthPercent", async () => {
    const all = { "10.0.0.3": "ejected" } as const;
    const answers = proxyAnswers([{ host, calls: 5, hosts: all, outlierDetection: true }]);
    const ejected = async (outlierDetection: object) =>
      (await askOne(breakersEjected, trialOf(answers, { objects: [ejecting(outlierDetection)] }))).findings[0]?.summary;
    expect(await ejected({ minHealthPercent: 50 })).toBe(
      `ejected by deployment shop/orders as ${host}:80, 1 proxy of which calls it anyway: fewer hosts are healthy than minHealthPercent`,
    );
    expect(await ejected({})).toBe(
      `ejected by deployment shop/orders as ${host}:80, 1 proxy of which has no host left`,
    );
  });
});

describe("hosts that fail often enough to be ejected", () => {
  const counted = (enforced: number): readonly string[] => {
    const [clusters = "", stats = ""] = proxyAnswers([
      { host, calls: 50, hosts, maxConnections: 10, outlierDetection: true },
    ]);
    const own = (name: string, value: number) => ({
      name: `cluster.outbound|80||${host};.outlier_detection.${name}`,
      value,
    });
    const known = (JSON.parse(stats) as { stats: object[] }).stats;
    const more = [own("ejections_detected_consecutive_5xx", 7), own("ejections_enforced_total", enforced)];
    return [clusters, JSON.stringify({ stats: [...known, ...more] })];
  };
  const said = async (enforced: number, objects: readonly KubeObject[] = []) => {
    const { findings } = await askOne(breakersEjected, trialOf(counted(enforced), { objects }));
    return findings.map(({ severity, subject, summary }) => `${severity} ${subject}: ${summary}`);
  };

  // envoy#3263, istio#17004
  it("Hosts that fail often enough are a warning if none was ever ejected", async () => {
    expect(await said(0)).toEqual([
      `warn deployment shop/orders → ${host}:80: hosts reached the threshold of failures 7 times since its proxies started, but none of 1 was ejected`,
    ]);
    expect(await said(3)).toEqual(["ok 1 call edge: no pod is ejected"]);
  });

  it("Failing hosts are no warning if the rule never ejects, because breakers/coverage reports that", async () => {
    const off = ejecting({ consecutive5xxErrors: 0 });
    expect(await said(0, [off])).toEqual(["ok 1 call edge: no pod is ejected"]);
  });
});

describe("a proxy's certificate", () => {
  const hour = 3_600_000;
  const at = (ms: number): string => new Date(testNow + ms).toISOString();
  const chain = (from: number, until: number, uri = "spiffe://cluster.local/ns/shop/sa/orders") => ({
    cert_chain: [{ subject_alt_names: [{ uri }], valid_from: at(from), expiration_time: at(until) }],
  });
  const said = async (...certificates: readonly object[]) => {
    const answers = [...proxyAnswers([]), JSON.stringify({ certificates })];
    const { findings } = await askOne(meshCertificates, trialOf(answers, {}));
    return findings.map(({ severity, subject, summary }) => `${severity} ${subject}: ${summary}`);
  };

  // istio#3155, istio#23328
  it("A certificate has expired although the proxy is in sync", async () => {
    expect(await said(chain(-30 * hour, -6 * hour))).toEqual([
      "fail proxy shop/orders-1: certificate expired 6h00m ago: calls with mutual TLS fail",
    ]);
  });

  it("A certificate with less than a fifth of its time left was not renewed", async () => {
    expect(await said(chain(-22 * hour, 2 * hour))).toEqual([
      "warn proxy shop/orders-1: certificate was not renewed, and expires in 2h00m",
    ]);
    expect(await said(chain(-13 * hour, 11 * hour))).toEqual(["ok 1 certificate: valid, and renewed in time"]);
  });

  it("The newest certificate of the mesh counts", async () => {
    expect((await said(chain(-30 * hour, -6 * hour), chain(-1 * hour, 23 * hour)))[0]).toMatch(/^ok /);
    const other = chain(-30 * hour, -6 * hour, "https://acme.example");
    expect(await said(other)).toEqual(["skip certificates: no proxy that answers has a certificate of the mesh"]);
    expect((await said())[0]).toMatch(/^skip /);
  });
});

describe("a proxy that does not answer yet", () => {
  const refused = new AppError("KUBE_FORWARD_FAILED", "port 15000 of pod shop/orders-1 cannot be reached");

  it("A proxy that does not answer is no failure while it starts, and is one afterwards", async () => {
    const at = (seconds: number) => {
      const running = { startedAt: new Date(testNow - seconds * 1000).toISOString() };
      const caller = startedAgo(meshPod("orders-1", "orders", "10.0.0.1"), 0);
      const status = { name: "istio-proxy", image: "proxy", ready: false, restartCount: 0, state: { running } };
      return { ...caller, status: { ...caller.status, initContainerStatuses: [status] } } as PodObject;
    };
    const ids = async (seconds: number) => {
      const { findings } = await askOne(breakersProxies, trialOf(refused, { caller: at(seconds) }));
      return findings.map(({ severity, subject }) => `${severity} ${subject}`);
    };
    expect(await ids(5)).toEqual(["ok 1 proxy"]);
    expect(await ids(60)).toEqual(["unknown proxy shop/orders-1", "ok 1 proxy"]);
  });
});
