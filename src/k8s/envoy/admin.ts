/**
 * An Envoy cluster, as Envoy's admin interface reports it. https://www.envoyproxy.io/docs/envoy/latest/operations/admin
 */
export interface UpstreamStatus {
  /** `outbound|80|v1|payments.shop.svc.cluster.local`. */
  readonly name: string;
  /** Its name in statistics; Istio appends a `;`. */
  statisticsName: string;
  /** Limits of the default priority, the only one that Istio uses: `max_connections` → 100. */
  readonly limits: Map<string, number>;
  /** Whether failing hosts are ejected. */
  outlierDetection: boolean;
  /** By address and port. */
  readonly hosts: Map<string, HostStatus>;
}

/** Istio's cluster for connections to addresses that belong to no service of the mesh. */
export const passthroughCluster = "PassthroughCluster";

export interface HostStatus {
  connections: number;
  /** Includes TCP: each connection is one request. */
  requests: number;
  /** Only for HTTP; includes errors. */
  responses: number;
  /** Ejected by outlier detection. */
  ejected: boolean;
}

export interface Statistics {
  /** By name: `cluster.outbound|80||payments…;.circuit_breakers.default.cx_open`. */
  readonly values: ReadonlyMap<string, number>;
  /** Counters that at least one cluster has: `upstream_rq_pending_overflow`. */
  readonly counted: ReadonlySet<string>;
}

const statistics = [
  "upstream_(cx|rq)_total",
  "outlier_detection\\.ejections_(enforced_total|detected_consecutive_\\w+)",
  "circuit_breakers\\.default\\.(cx|rq|rq_pending|rq_retry)_open",
  "upstream_(cx|rq_pending|rq_active|rq_retry)_overflow",
].join("|");

/**
 * Clusters with their hosts, then statistics. Clusters are requested as text, the only format that always shows outlier
 * detection. Older versions of Envoy ignore the filter of clusters.
 */
export const adminPaths: readonly string[] = [
  `/clusters?filter=${encodeURIComponent(`^(outbound\\||${passthroughCluster}$)`)}`,
  `/stats?format=json&filter=${encodeURIComponent(`^cluster\\.outbound\\|.*\\.(${statistics})$`)}`,
];

/** The proxy's certificates, requested after the others if needed. */
export const certificatesPath = "/certs";

interface Certificates {
  readonly certificates?: readonly { readonly cert_chain?: readonly ChainCertificate[] }[];
}

interface ChainCertificate {
  readonly subject_alt_names?: readonly { readonly uri?: string }[];
  /** RFC 3339. */
  readonly valid_from?: string;
  readonly expiration_time?: string;
}

/**
 * Returns the proxy's newest certificate of the mesh, with times in milliseconds since the epoch. Undefined if it has
 * none.
 */
export function certificateIn(body: string): { readonly from: number; readonly until: number } | undefined {
  if (body === "") return undefined;
  const { certificates = [] } = JSON.parse(body) as Certificates;
  return certificates
    .flatMap(({ cert_chain: chain = [] }) => chain)
    .filter(({ subject_alt_names: names = [] }) => names.some(({ uri }) => uri?.startsWith("spiffe://") === true))
    .map(({ valid_from: from = "", expiration_time: until = "" }) => ({
      from: Date.parse(from),
      until: Date.parse(until),
    }))
    .filter(({ until }) => !Number.isNaN(until))
    .toSorted((one, other) => other.until - one.until)[0];
}

/**
 * `CLUSTER::KEY::VALUE`, `CLUSTER::default_priority::max_requests::100` or `CLUSTER::10.0.1.7:80::rq_total::7`; an IPv6
 * address contains colons. https://github.com/envoyproxy/envoy/blob/main/source/server/admin/clusters_request.cc
 */
const line =
  /^(outbound\|[^:\n]+|PassthroughCluster)::(?:(.+)::)?(observability_name|success_rate_average|max_\w+|(?:cx_total|rq_(?:total|success|error))(?=::[1-9])|health_flags)::(.*)$/gm;

/** Returns the Envoy clusters of services. Throws SyntaxError if the text is not a list of clusters. */
export function envoyClustersIn(body: string): readonly UpstreamStatus[] {
  if (body !== "" && !/^\S+?::.+::/.test(body)) throw new SyntaxError("not a list of clusters");
  const clusters = new Map<string, UpstreamStatus>();
  for (const [, name = "", part = "", key = "", value = ""] of body.matchAll(line)) {
    const cluster = clusters.get(name) ?? emptyCluster(name);
    clusters.set(name, cluster);
    if (key === "observability_name") cluster.statisticsName = value;
    else if (part === "outlier") cluster.outlierDetection = true;
    else if (part === "default_priority") cluster.limits.set(key, Number(value));
    else if (part !== "high_priority") tell(cluster.hosts, part, key, value);
  }
  return [...clusters.values()];
}

function emptyCluster(name: string): UpstreamStatus {
  return { name, statisticsName: name, limits: new Map(), outlierDetection: false, hosts: new Map() };
}

function tell(hosts: Map<string, HostStatus>, address: string, key: string, value: string): void {
  const host = hosts.get(address) ?? { connections: 0, requests: 0, responses: 0, ejected: false };
  hosts.set(address, host);
  if (key === "cx_total") host.connections = Number(value);
  else if (key === "rq_total") host.requests = Number(value);
  else if (key === "rq_success" || key === "rq_error") host.responses += Number(value);
  else if (key === "health_flags") host.ejected = value.split("/").includes("failed_outlier_check");
}

export function statisticsIn(body: string): Statistics {
  const { stats = [] } = JSON.parse(body) as { stats?: { name?: string; value?: number }[] };
  const values = new Map(
    stats.flatMap(({ name, value }) => (name === undefined || value === undefined ? [] : [[name, value]])),
  );
  return { values, counted: new Set([...values.keys()].map((name) => name.slice(name.lastIndexOf(".") + 1))) };
}
