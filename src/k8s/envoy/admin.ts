/** What Envoy's admin interface answers, as far as it is read. https://www.envoyproxy.io/docs/envoy/latest/operations/admin */
export interface ClusterStatus {
  readonly name: string;
  /** What its statistics are named by; Istio's end with a `;`. Absent where it is the name. */
  readonly observability_name?: string;
  readonly circuit_breakers?: { readonly thresholds?: readonly Threshold[] };
  readonly host_statuses?: readonly HostStatus[];
}

export interface Threshold {
  readonly priority?: string;
  readonly max_connections?: number;
  readonly max_pending_requests?: number;
  readonly max_requests?: number;
  readonly max_retries?: number;
}

export interface HostStatus {
  readonly address?: { readonly socket_address?: { readonly address?: string; readonly port_value?: number } };
  /** A value of zero is left out. */
  readonly stats?: readonly { readonly name: string; readonly value?: string }[];
  readonly health_status?: { readonly failed_outlier_check?: boolean };
}

/** By name: `cluster.outbound|80||payments…;.circuit_breakers.default.cx_open`. */
export type Statistics = ReadonlyMap<string, number>;

const statistics = [
  "circuit_breakers\\.default\\.(cx|rq|rq_pending|rq_retry)_open",
  "upstream_(cx|rq_pending|rq_retry)_overflow",
].join("|");

/** In this order: clusters with their hosts, statistics, and which clusters eject hosts. Older lines take no filter of clusters. */
export const adminPaths: readonly string[] = [
  `/clusters?format=json&filter=${encodeURIComponent("^outbound\\|")}`,
  `/stats?format=json&filter=${encodeURIComponent(`^cluster\\.outbound\\|.*\\.(${statistics})$`)}`,
  `/config_dump?resource=dynamic_active_clusters&mask=cluster.name,cluster.outlier_detection&name_regex=${encodeURIComponent("outbound\\|.*")}`,
];

export function clustersIn(body: string): readonly ClusterStatus[] {
  return (JSON.parse(body) as { cluster_statuses?: ClusterStatus[] }).cluster_statuses ?? [];
}

export function statisticsIn(body: string): Statistics {
  const { stats = [] } = JSON.parse(body) as { stats?: { name?: string; value?: number }[] };
  return new Map(
    stats.flatMap(({ name, value }) => (name === undefined || value === undefined ? [] : [[name, value]])),
  );
}

/** The names of the clusters with outlier detection. */
export function ejectingIn(body: string): ReadonlySet<string> {
  interface Dump {
    configs?: { cluster?: { name?: string; outlier_detection?: object } }[];
  }
  const { configs = [] } = JSON.parse(body) as Dump;
  return new Set(
    configs.flatMap(({ cluster }) => (cluster?.outlier_detection === undefined ? [] : [cluster.name ?? ""])),
  );
}
