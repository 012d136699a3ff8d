import type { ClusterStatus, HostStatus, Statistics, Threshold } from "./admin.ts";
import type { Limit, Upstream } from "./port.ts";

/** Istio writes it where a DestinationRule says nothing: as good as no limit. */
const none = 4_294_967_295;

const limitNames = [
  ["max_connections", "connections"],
  ["max_pending_requests", "pending"],
  ["max_requests", "requests"],
  ["max_retries", "retries"],
] as const satisfies readonly (readonly [keyof Threshold, Limit])[];

const gauges = {
  cx_open: "connections",
  rq_pending_open: "pending",
  rq_open: "requests",
  rq_retry_open: "retries",
} as const satisfies Record<string, Limit>;

const overflows = ["upstream_cx_overflow", "upstream_rq_pending_overflow", "upstream_rq_retry_overflow"];

/** `outbound|80|v1|payments.shop.svc.cluster.local`; undefined for a cluster that is no service that is called. */
export function toUpstream(
  cluster: ClusterStatus,
  statistics: Statistics,
  ejecting: ReadonlySet<string>,
): Upstream | undefined {
  const [direction, port, subset, host] = cluster.name.split("|");
  if (direction !== "outbound" || host === undefined) return undefined;
  const hosts = cluster.host_statuses ?? [];
  const prefix = `cluster.${cluster.observability_name ?? cluster.name}.`;
  return {
    host,
    port: Number(port),
    ...(subset === undefined || subset === "" ? {} : { subset }),
    limits: limitsOf(cluster),
    outlierDetection: ejecting.has(cluster.name),
    calls: hosts.map(callsOf).reduce((sum, calls) => sum + calls, 0),
    http: hosts.some((each) => countOf(each, "rq_total") > 0),
    ...breakersOf(prefix, statistics),
    hosts: hosts.length,
    ejected: hosts
      .filter((each) => each.health_status?.failed_outlier_check === true)
      .map((each) => each.address?.socket_address?.address ?? "no IP address"),
  };
}

function limitsOf({ circuit_breakers: breakers }: ClusterStatus): Upstream["limits"] {
  // What Istio routes has the default priority.
  const given = breakers?.thresholds?.find(({ priority = "DEFAULT" }) => priority === "DEFAULT");
  const limits: Partial<Record<Limit, number>> = {};
  for (const [key, limit] of limitNames) {
    const value = given?.[key];
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

function callsOf(host: HostStatus): number {
  return Math.max(countOf(host, "rq_total"), countOf(host, "cx_total"));
}

/** Statistics of hosts are always there, whatever Istio's matcher leaves out. */
function countOf({ stats = [] }: HostStatus, name: string): number {
  return Number(stats.find((each) => each.name === name)?.value ?? 0);
}
