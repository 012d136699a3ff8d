import type { PodPort } from "../port.ts";

export type PodRef = Omit<PodPort, "port">;

/** The things that Envoy can limit. */
export type Limit = "connections" | "pending" | "requests" | "retries";

/** A service, or a subset of one, that a proxy sends calls to. */
export interface Upstream {
  /** `payments.shop.svc.cluster.local`. */
  readonly host: string;
  readonly port: number;
  /** A DestinationRule's subset. */
  readonly subset?: string;
  /** How many are allowed at the same time, for each limit; empty if there is no breaker. */
  readonly limits: Readonly<Partial<Record<Limit, number>>>;
  /** Whether there is outlier detection; its thresholds may still be switched off. */
  readonly outlierDetection: boolean;
  /** Number of requests and connections: shows whether the edge is used. */
  readonly calls: number;
  /**
   * proxy: since the proxy started, from the counters of the cluster, which Istio only exports on request · hosts:
   * since its hosts appeared, because the counters of a host disappear with it.
   */
  readonly callsSince: "proxy" | "hosts";
  /** Whether calls so far used HTTP: HTTP calls may wait for a connection. */
  readonly http: boolean;
  /** Limits that are reached now; absent if the proxy does not export all of them, so that it is unknown. */
  readonly open?: readonly Limit[];
  /** Calls and retries rejected because of a limit since the proxy started, at least; absent if not exported. */
  readonly overflows?: number;
  /**
   * How often hosts reached the threshold of failures, and were ejected for it, since the proxy started; absent if not
   * exported.
   */
  readonly ejections?: { readonly detected: number; readonly enforced: number };
  readonly hosts: number;
  /** Addresses of all hosts: `10.0.1.7`. */
  readonly addresses: readonly string[];
  /** Addresses of hosts that outlier detection has ejected, for this proxy only: `10.0.1.7`. */
  readonly ejected: readonly string[];
}

/** The outbound calls of a proxy. */
export interface Outbound {
  readonly upstreams: readonly Upstream[];
  /**
   * Connections to addresses that belong to no service, so that no rule applies. Envoy soon forgets such an address.
   */
  readonly passthrough: readonly { readonly address: string; readonly calls: number }[];
  /** Its newest certificate of the mesh; milliseconds since the epoch. Absent if it has none. */
  readonly certificate?: { readonly from: number; readonly until: number };
}

/** The Envoy proxy of a pod, as Istio configures it. Errors are those of the Cluster port, and PROXY_ANSWER_INVALID. */
export interface Envoy {
  /** Returns the outbound calls of the pod's proxy, and on demand its certificate, which takes one more request. */
  outbound(pod: PodRef, more: { readonly withCertificate: boolean }, signal: AbortSignal): Promise<Outbound>;
}
