import type { PodObject } from "../../src/core/kubernetes/pod.ts";
import type { KubeObject } from "../../src/core/kubernetes/object.ts";
import { ago, pod, testNow } from "./kube-objects.ts";

/** The namespace shop, with sidecar injection. */
export const meshNamespace: KubeObject = {
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: "shop", labels: { "istio-injection": "enabled" } },
};

/** Returns a pod of a Deployment in that namespace, whose sidecar runs as an init container, as is Istio's default. */
export function meshPod(name: string, owner: string, ip: string): PodObject {
  const running = { name: "istio-proxy", image: "proxy", ready: true, restartCount: 0, state: { running: {} } };
  const plain = pod(name, {}, owner);
  return {
    ...plain,
    metadata: { ...plain.metadata, labels: { ...plain.metadata.labels, app: owner } },
    spec: { nodeName: "n1", initContainers: [{ name: "istio-proxy" }], containers: [{ name: "app" }] },
    status: { phase: "Running", podIP: ip, initContainerStatuses: [running] },
  };
}

export function istiod(name: string): KubeObject {
  // The label that its chart sets.
  const labels = { app: "istiod", "istio.io/rev": "default", "sidecar.istio.io/inject": "false" };
  const metadata = { name, namespace: "istio-system", labels };
  return { apiVersion: "v1", kind: "Pod", metadata, status: { phase: "Running" } };
}

export const strictMesh: KubeObject = {
  apiVersion: "security.istio.io/v1",
  kind: "PeerAuthentication",
  metadata: { name: "default", namespace: "istio-system" },
  spec: { mtls: { mode: "STRICT" } },
};

interface Sent {
  readonly acked?: boolean;
  readonly minutesAgo?: number;
  readonly error?: string;
}

/** Returns an istiod's report about proxies, by `pod.namespace`; all of them have listeners. */
export function syncz(proxies: Readonly<Record<string, Sent>>): string {
  const statuses = Object.entries(proxies).map(([proxy, { acked = true, minutesAgo = 5, error }]) => ({
    proxy,
    istio_version: "1.31.0",
    resources: {
      "type.googleapis.com/envoy.config.listener.v3.Listener": {
        sent: "new",
        acked: acked ? "new" : "old",
        sentTime: ago(minutesAgo),
        ...(error === undefined ? {} : { lastError: error }),
      },
    },
  }));
  return JSON.stringify(statuses);
}

/** The time of the responses. */
export const synczNow = testNow;

interface Callee {
  readonly host: string;
  readonly calls?: number;
  readonly maxConnections?: number;
  /** From the cluster's own counter, which is then exported. */
  readonly total?: number;
  readonly outlierDetection?: boolean;
  readonly hosts?: Readonly<Record<string, "well" | "ejected">>;
  /** The exceeded limit; `missing`: not exported. The limit for waiting calls is 5. */
  readonly breaker?: "connections" | "pending" | "closed" | "missing";
  /** Connections, which Envoy counts as requests without a response. */
  readonly tcp?: boolean;
  readonly overflows?: number;
}

/** Returns both responses of a proxy's admin interface; `passthrough`: called addresses that belong to no service. */
export function proxyAnswers(callees: readonly Callee[], passthrough: readonly string[] = []): readonly string[] {
  const nameOf = ({ host }: Callee): string => `outbound|80||${host}`;
  const clusters = callees.flatMap((callee) => {
    const { maxConnections, hosts = {}, calls = 0, tcp = false } = callee;
    const none = 4_294_967_295;
    return [
      `observability_name::${nameOf(callee)};`,
      ...(callee.outlierDetection === true ? ["outlier::success_rate_average::-1"] : []),
      `default_priority::max_connections::${maxConnections ?? none}`,
      `default_priority::max_pending_requests::${maxConnections === undefined ? none : 5}`,
      `default_priority::max_requests::${none}`,
      ...Object.entries(hosts).flatMap(([address, state], at) => [
        `${address}:80::cx_total::${at === 0 ? calls : 0}`,
        `${address}:80::rq_total::${at === 0 ? calls : 0}`,
        `${address}:80::rq_success::${at === 0 && !tcp ? calls : 0}`,
        `${address}:80::health_flags::${state === "ejected" ? "/failed_outlier_check" : "healthy"}`,
      ]),
    ].map((line) => `${nameOf(callee)}::${line}\n`);
  });
  const stats = callees.flatMap((callee) => {
    const { breaker = "closed", overflows = 0, total } = callee;
    if (breaker === "missing") return [];
    const totals = total === undefined ? [] : [{ name: `cluster.${nameOf(callee)};.upstream_rq_total`, value: total }];
    const prefix = `cluster.${nameOf(callee)};.`;
    return [
      ...totals,
      { name: `${prefix}circuit_breakers.default.cx_open`, value: breaker === "connections" ? 1 : 0 },
      { name: `${prefix}circuit_breakers.default.rq_pending_open`, value: breaker === "pending" ? 1 : 0 },
      { name: `${prefix}upstream_rq_pending_overflow`, value: overflows },
      { name: `${prefix}upstream_rq_retry_overflow`, value: 0 },
      { name: `${prefix}upstream_cx_overflow`, value: 0 },
    ];
  });
  const others = passthrough.map((address) => `PassthroughCluster::${address}:8000::cx_total::1\n`);
  return [[...clusters, ...others].join(""), JSON.stringify({ stats })];
}
