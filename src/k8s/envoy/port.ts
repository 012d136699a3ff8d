import type { PodPort } from "../port.ts";

export type PodRef = Omit<PodPort, "port">;

/** What Envoy counts against a limit. */
export type Limit = "connections" | "pending" | "requests" | "retries";

/** The service, or the subset of one, that a proxy sends calls to. */
export interface Upstream {
  /** `payments.shop.svc.cluster.local`. */
  readonly host: string;
  readonly port: number;
  /** A DestinationRule's subset. */
  readonly subset?: string;
  /** What is limited, and to how many at once; empty where nothing is: no breaker. */
  readonly limits: Readonly<Partial<Record<Limit, number>>>;
  /** Whether there is outlier detection; its thresholds may still be switched off. */
  readonly outlierDetection: boolean;
  /** Requests and connections: whether the edge is used at all. */
  readonly calls: number;
  /**
   * proxy: since the proxy started, by the cluster's own counters, which Istio leaves out unless they are asked for ·
   * hosts: since its hosts came, for a host's counters go with it.
   */
  readonly callsSince: "proxy" | "hosts";
  /** Whether it is spoken to by HTTP, as far as it has been called: then calls may wait for a connection. */
  readonly http: boolean;
  /** Limits that are reached now; absent where the proxy does not export whether each is: not known. */
  readonly open?: readonly Limit[];
  /** Calls and retries refused for a limit since the proxy started, at least; absent where not exported: not known. */
  readonly overflows?: number;
  /** How often hosts failed as often as counts, and were ejected for it, since the proxy started; absent where not exported. */
  readonly ejections?: { readonly detected: number; readonly enforced: number };
  readonly hosts: number;
  /** `10.0.1.7`: every host. */
  readonly addresses: readonly string[];
  /** `10.0.1.7`: hosts that outlier detection has taken out, for this proxy alone. */
  readonly ejected: readonly string[];
}

/** What a proxy calls. */
export interface Outbound {
  readonly upstreams: readonly Upstream[];
  /** Connections to addresses that are no service's: no rule is for them. Envoy forgets an address soon after. */
  readonly passthrough: readonly { readonly address: string; readonly calls: number }[];
  /** What it shows who it is with, the newest; milliseconds since the epoch. Absent where it has none of the mesh. */
  readonly certificate?: { readonly from: number; readonly until: number };
}

/** The proxy beside a service: Envoy as Istio sets it up. Errors are the Cluster's, and PROXY_ANSWER_INVALID. */
export interface Envoy {
  /** What the pod's proxy calls, and its certificate where that is asked for: it is one question more. */
  outbound(pod: PodRef, more: { readonly withCertificate: boolean }, signal: AbortSignal): Promise<Outbound>;
}
