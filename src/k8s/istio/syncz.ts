import type { ProxySync, ResourceSync } from "./port.ts";

/** An element of `/debug/syncz`: SyncStatus in istio's pilot/pkg/xds/debug.go. */
interface SyncStatus {
  readonly proxy?: string;
  readonly istio_version?: string;
  readonly resources?: Readonly<Record<string, ResourceStatus>>;
}

interface ResourceStatus {
  /** A nonce. */
  readonly sent?: string;
  readonly acked?: string;
  /** RFC 3339; year 1 if nothing was sent. */
  readonly sentTime?: string;
  /** The error of the newest response; an acknowledgement clears it. */
  readonly lastError?: string;
}

const types: Readonly<Record<string, string>> = {
  "envoy.config.cluster.v3.Cluster": "clusters",
  "envoy.config.listener.v3.Listener": "listeners",
  "envoy.config.route.v3.RouteConfiguration": "routes",
  "envoy.config.endpoint.v3.ClusterLoadAssignment": "endpoints",
  "envoy.config.core.v3.TypedExtensionConfig": "extensions",
  "envoy.extensions.transport_sockets.tls.v3.Secret": "secrets",
};

/**
 * Returns the proxies of one istiod. `now` is that istiod's clock, if known. Throws SyntaxError if the body is not a
 * list of proxies.
 */
export function proxiesIn(body: string, now: number | undefined): readonly ProxySync[] {
  const parsed: unknown = JSON.parse(body);
  if (!Array.isArray(parsed)) throw new SyntaxError("not a list of proxies");
  return (parsed as readonly SyncStatus[]).flatMap((status) => {
    // `POD.NAMESPACE`; a pod's name may have dots, a namespace's has none.
    const [, name, namespace] = /^(.+)\.([^.]+)$/.exec(status.proxy ?? "") ?? [];
    if (name === undefined || namespace === undefined) return [];
    const resources = Object.entries(status.resources ?? {}).map(([url, each]) => toResource(url, each, now));
    return [
      {
        namespace,
        name,
        ...(status.istio_version === undefined ? {} : { version: status.istio_version }),
        resources,
      },
    ];
  });
}

function toResource(url: string, status: ResourceStatus, now: number | undefined): ResourceSync {
  const { sent = "", acked = "", sentTime = "", lastError = "" } = status;
  const long = url.replace("type.googleapis.com/", "");
  const type = types[long] ?? long.split(".").at(-1) ?? long;
  if (sent === "") return { type, state: "not-sent" };
  const age = now === undefined ? Number.NaN : now - Date.parse(sentTime);
  return {
    type,
    state: lastError !== "" ? "refused" : sent === acked ? "acknowledged" : "unacknowledged",
    ...(acked === "" ? { neverAcknowledged: true } : {}),
    ...(Number.isNaN(age) ? {} : { ageMs: Math.max(age, 0) }),
    // Envoy's message may contain line breaks.
    ...(lastError === "" ? {} : { error: lastError.replace(/\s+/g, " ").trim() }),
  };
}
