import { type UpstreamStatus, type HostStatus, passthroughCluster, type Statistics } from "./admin.ts";
import type { Limit, Outbound, Upstream } from "./port.ts";

/** From the largest number of a DestinationRule's field on: Istio writes 2^32-1 where nothing is said. */
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
 * What Envoy counts where it refuses. A call by HTTP that gets no connection waits for one, and is refused only where as
 * many wait as may. Envoy 1.38 counts calls beyond the limit of requests by themselves, older lines as those that wait, and
 * one with the runtime flag skip_pending_overflow_count_on_active_rq switched off in both ways: twice.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/circuit_breaking
 */
const overflowCounters = {
  http: ["upstream_rq_pending_overflow", "upstream_rq_retry_overflow"],
  tcp: ["upstream_rq_pending_overflow", "upstream_cx_overflow"],
};
const newerCounter = "upstream_rq_active_overflow";

const callCounters = ["upstream_rq_total", "upstream_cx_total"];

/** Undefined for a cluster that is no service that is called. */
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

/** Statistics of hosts are always there, whatever Istio's matcher leaves out, but only as long as the hosts. */
function callsOf(
  hosts: readonly HostStatus[],
  prefix: string,
  { values, counted }: Statistics,
): Pick<Upstream, "calls" | "callsSince"> {
  const ofHosts = hosts.reduce((sum, { requests, connections }) => sum + Math.max(requests, connections), 0);
  const totals = callCounters.flatMap((name) => values.get(prefix + name) ?? []);
  // Envoy makes a cluster's counters when the first of them counts: where others have them, this one was not called.
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

/** By limit, whether it is reached; without those that are not exported. */
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
 * Envoy makes a cluster's counters when the first of them counts. Where another cluster's are exported, one that is not
 * there is 0, unless nothing of its cluster is exported.
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
  // Where a runtime flag keeps the older way as well, each is among those that wait: those that are counted twice at most.
  const overflows = waiting >= active ? own : own + active;
  return overflows > 0 || !counts.includes(undefined) ? { overflows } : {};
}

/** `10.0.1.7:80` → `10.0.1.7`, `[fd00::7]:80` → `fd00::7`. */
function withoutPort(address: string): string {
  return address.replace(/^\[?(.*?)\]?:\d+$/, "$1");
}
