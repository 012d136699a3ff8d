import type { ClusterStatus, Statistics } from "./admin.ts";
import type { Limit, Upstream } from "./port.ts";

/** Istio writes it where a DestinationRule says nothing: as good as no limit. */
const none = 4_294_967_295;

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

const overflows = ["upstream_cx_overflow", "upstream_rq_pending_overflow", "upstream_rq_retry_overflow"];

/** Undefined for a cluster that is no service that is called. */
export function toUpstream(cluster: ClusterStatus, statistics: Statistics): Upstream | undefined {
  const [, port, subset, host] = cluster.name.split("|");
  if (host === undefined) return undefined;
  const hosts = [...cluster.hosts.values()];
  return {
    host,
    port: Number(port),
    ...(subset === undefined || subset === "" ? {} : { subset }),
    limits: limitsOf(cluster),
    outlierDetection: cluster.outlierDetection,
    // Statistics of hosts are always there, whatever Istio's matcher leaves out.
    calls: hosts.reduce((sum, { requests, connections }) => sum + Math.max(requests, connections), 0),
    http: hosts.some(({ requests }) => requests > 0),
    ...breakersOf(`cluster.${cluster.statisticsName}.`, statistics),
    hosts: hosts.length,
    ejected: [...cluster.hosts].flatMap(([address, { ejected }]) => (ejected ? [withoutPort(address)] : [])),
  };
}

function limitsOf(cluster: ClusterStatus): Upstream["limits"] {
  const limits: Partial<Record<Limit, number>> = {};
  for (const [key, limit] of limitNames) {
    const value = cluster.limits.get(key);
    if (value !== undefined && value !== none) limits[limit] = value;
  }
  return limits;
}

function breakersOf(prefix: string, statistics: Statistics): Pick<Upstream, "open" | "overflows"> {
  const states = Object.entries(gauges).flatMap(([gauge, limit]) => {
    const value = statistics.get(`${prefix}circuit_breakers.default.${gauge}`);
    return value === undefined ? [] : [{ limit, isOpen: value > 0 }];
  });
  const refused = overflows.flatMap((name) => statistics.get(prefix + name) ?? []);
  return {
    ...(states.length === 0 ? {} : { open: states.filter(({ isOpen }) => isOpen).map(({ limit }) => limit) }),
    ...(refused.length === 0 ? {} : { overflows: refused.reduce((sum, count) => sum + count, 0) }),
  };
}

/** `10.0.1.7:80` → `10.0.1.7`, `[fd00::7]:80` → `fd00::7`. */
function withoutPort(address: string): string {
  return address.replace(/^\[?(.*?)\]?:\d+$/, "$1");
}
