import type { PodObject } from "../../src/health/kube-objects.ts";
import type { KubeObject } from "../../src/k8s/port.ts";
import { ago, pod, testNow } from "./kube-objects.ts";

/** The namespace shop, whose pods are to get a sidecar. */
export const meshNamespace: KubeObject = {
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: "shop", labels: { "istio-injection": "enabled" } },
};

/** A pod of a Deployment of that namespace, whose sidecar runs as an init container, as Istio's default is. */
export function meshPod(name: string, owner: string, ip: string): PodObject {
  const running = { name: "istio-proxy", image: "proxy", ready: true, restartCount: 0, state: { running: {} } };
  const plain = pod(name, {}, owner);
  return {
    ...plain,
    metadata: { ...plain.metadata, labels: { ...plain.metadata.labels, app: owner } },
    spec: { nodeName: "n1", initContainers: [{ name: "istio-proxy" }], containers: [{ name: "app" }] },
    status: { phase: "Running", podIP: ip, initContainerStatuses: [running] },
  } as PodObject;
}

export function istiod(name: string): KubeObject {
  // As its chart labels it.
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

/** What an istiod says of proxies, by `pod.namespace`; all of them have listeners. */
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

/** When those answers were given. */
export const synczNow = testNow;

interface Callee {
  readonly host: string;
  readonly calls?: number;
  readonly maxConnections?: number;
  readonly outlierDetection?: boolean;
  readonly hosts?: Readonly<Record<string, "well" | "ejected">>;
  /** The limit that is reached; `missing`: not exported. Waiting calls are limited to 5. */
  readonly breaker?: "connections" | "pending" | "closed" | "missing";
  /** Connections, and no requests. */
  readonly tcp?: boolean;
  readonly overflows?: number;
}

function thresholdsOf({ maxConnections }: Callee): object {
  const none = 4_294_967_295;
  return maxConnections === undefined
    ? { max_connections: none, max_pending_requests: none, max_requests: none }
    : { max_connections: maxConnections, max_pending_requests: 5, max_requests: none };
}

/** The three answers of a proxy's admin interface. */
export function proxyAnswers(callees: readonly Callee[]): readonly string[] {
  const nameOf = ({ host }: Callee): string => `outbound|80||${host}`;
  const clusters = callees.map((callee) => ({
    name: nameOf(callee),
    observability_name: `${nameOf(callee)};`,
    circuit_breakers: { thresholds: [thresholdsOf(callee)] },
    host_statuses: Object.entries(callee.hosts ?? {}).map(([address, state], at) => ({
      address: { socket_address: { address, port_value: 80 } },
      stats: [
        { name: callee.tcp === true ? "cx_total" : "rq_total", value: String(at === 0 ? (callee.calls ?? 0) : 0) },
      ],
      health_status: state === "ejected" ? { failed_outlier_check: true } : {},
    })),
  }));
  const stats = callees.flatMap((callee) => {
    const { breaker = "closed", overflows = 0 } = callee;
    if (breaker === "missing") return [];
    const prefix = `cluster.${nameOf(callee)};.`;
    return [
      { name: `${prefix}circuit_breakers.default.cx_open`, value: breaker === "connections" ? 1 : 0 },
      { name: `${prefix}circuit_breakers.default.rq_pending_open`, value: breaker === "pending" ? 1 : 0 },
      { name: `${prefix}upstream_rq_pending_overflow`, value: overflows },
    ];
  });
  const configs = callees.map((callee) => ({
    cluster: { name: nameOf(callee), ...(callee.outlierDetection === true ? { outlier_detection: {} } : {}) },
  }));
  return [{ cluster_statuses: clusters }, { stats }, { configs }].map((each) => JSON.stringify(each));
}
