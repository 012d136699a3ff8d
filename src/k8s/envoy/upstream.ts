import { type UpstreamStatus, type HostStatus, passthroughCluster, type Statistics } from "./admin.ts";
import type { Limit, Outbound, Upstream } from "./port.ts";

/**
 * A limit of at least this value is none: it is the largest number that fits a DestinationRule's field. Istio's default
 * is 2^32-1.
 */
const none = 2_147_483_647;

const limitNames = [
  ["max_connections", "connections"],
  ["max_pending_requests", "pending"],
  ["max_requests", "requests"],
  ["max_retries", "retries"],
] as const satisfies readonly (readonly [string, Limit])[];

const gauges = {
  cx_open: "connections",
  rq_pending_open: "pending",
  rq_open: "requests",
  rq_retry_open: "retries",
} as const satisfies Record<string, Limit>;

/**
 * The counters of rejected calls. An HTTP call without a free connection waits, and is only rejected if as many calls
 * wait as allowed. Envoy 1.38 counts calls beyond the limit of requests separately. Older versions count them as
 * waiting calls, and with the runtime flag skip_pending_overflow_count_on_active_rq switched off, both counters include
 * them.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/circuit_breaking
 */
const overflowCounters = {
  http: ["upstream_rq_pending_overflow", "upstream_rq_retry_overflow"],
  tcp: ["upstream_rq_pending_overflow", "upstream_cx_overflow"],
};
const newerCounter = "upstream_rq_active_overflow";

const callCounters = ["upstream_rq_total", "upstream_cx_total"];

/** Returns undefined for a cluster that does not belong to an outbound service. */
export function toUpstream(cluster: UpstreamStatus, statistics: Statistics): Upstream | undefined {
  const [, port, subset, host] = cluster.name.split("|");
  if (host === undefined) return undefined;
  const hosts = [...cluster.hosts.values()];
  const limits = limitsOf(cluster);
  const prefix = `cluster.${cluster.statisticsName}.`;
  const states = statesOf(prefix, statistics);
  const http = hosts.some(({ responses }) => responses > 0);
  return {
    host,
    port: Number(port),
    ...(subset === undefined || subset === "" ? {} : { subset }),
    limits,
    outlierDetection: cluster.outlierDetection,
    ...callsOf(hosts, prefix, statistics),
    http,
    ...openOf(limits, states),
    ...overflowsOf(prefix, http ? overflowCounters.http : overflowCounters.tcp, states, statistics),
    ...ejectionsOf(prefix, statistics),
    hosts: hosts.length,
    addresses: [...cluster.hosts.keys()].map(withoutPort),
    ejected: [...cluster.hosts].flatMap(([address, { ejected }]) => (ejected ? [withoutPort(address)] : [])),
  };
}

export function passthroughOf(clusters: readonly UpstreamStatus[]): Outbound["passthrough"] {
  const passthrough = clusters.find(({ name }) => name === passthroughCluster);
  return [...(passthrough?.hosts ?? [])].map(([address, { requests, connections }]) => ({
    address: withoutPort(address),
    calls: Math.max(requests, connections),
  }));
}

/**
 * Returns the number of calls. Statistics of hosts always exist, whatever Istio's matcher excludes, but only as long as
 * the hosts.
 */
function callsOf(
  hosts: readonly HostStatus[],
  prefix: string,
  { values, counted }: Statistics,
): Pick<Upstream, "calls" | "callsSince"> {
  const ofHosts = hosts.reduce((sum, { requests, connections }) => sum + Math.max(requests, connections), 0);
  const totals = callCounters.flatMap((name) => values.get(prefix + name) ?? []);
  // Envoy creates the counters of a cluster with its first call. If only other clusters have them, this one was not
  // called.
  return callCounters.some((name) => counted.has(name))
    ? { calls: Math.max(ofHosts, ...totals), callsSince: "proxy" }
    : { calls: ofHosts, callsSince: "hosts" };
}

function ejectionsOf(prefix: string, { values }: Statistics): Pick<Upstream, "ejections"> {
  const enforced = values.get(`${prefix}outlier_detection.ejections_enforced_total`);
  if (enforced === undefined) return {};
  const kinds = ["5xx", "gateway_failure", "local_origin_failure"];
  const detected = kinds.map((kind) => values.get(`${prefix}outlier_detection.ejections_detected_consecutive_${kind}`));
  return { ejections: { detected: detected.reduce<number>((sum, count = 0) => sum + count, 0), enforced } };
}

function limitsOf(cluster: UpstreamStatus): Upstream["limits"] {
  const limits: Partial<Record<Limit, number>> = {};
  for (const [key, limit] of limitNames) {
    const value = cluster.limits.get(key);
    if (value !== undefined && value < none) limits[limit] = value;
  }
  return limits;
}

/** Whether each limit is reached; without those that are not exported. */
type States = ReadonlyMap<Limit, boolean>;

function statesOf(prefix: string, { values }: Statistics): States {
  return new Map(
    Object.entries(gauges).flatMap(([gauge, limit]) => {
      const value = values.get(`${prefix}circuit_breakers.default.${gauge}`);
      return value === undefined ? [] : [[limit, value > 0]];
    }),
  );
}

function openOf(limits: Upstream["limits"], states: States): Pick<Upstream, "open"> {
  if (Object.keys(limits).some((limit) => !states.has(limit as Limit))) return {};
  return { open: [...states].flatMap(([limit, isOpen]) => (isOpen ? [limit] : [])) };
}

/**
 * Returns the number of rejected calls. Envoy creates a counter when it first counts: if another cluster exports it, a
 * missing one is 0, unless its own cluster exports nothing.
 */
function overflowsOf(
  prefix: string,
  counters: readonly string[],
  states: States,
  { values, counted }: Statistics,
): Pick<Upstream, "overflows"> {
  const unmade = (name: string) => (states.size > 0 && counted.has(name) ? 0 : undefined);
  const counts = counters.map((name) => values.get(prefix + name) ?? unmade(name));
  const own = counts.reduce<number>((sum, count = 0) => sum + count, 0);
  const active = values.get(prefix + newerCounter) ?? 0;
  const [waiting = 0] = counts;
  // With the runtime flag switched off, all of these are also among the waiting calls: at most those are counted twice.
  const overflows = waiting >= active ? own : own + active;
  return overflows > 0 || !counts.includes(undefined) ? { overflows } : {};
}

/** `10.0.1.7:80` → `10.0.1.7`, `[fd00::7]:80` → `fd00::7`. */
function withoutPort(address: string): string {
  return address.replace(/^\[?(.*?)\]?:\d+$/, "$1");
}
