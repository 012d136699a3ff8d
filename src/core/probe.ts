/** Where a pod that makes calls has a folder for each Secret. */
export const mountedSecrets = "/var/run/secrets/gennet";

/** A connection to try from where gennet runs, such as a pod. */
export type ProbeCall =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  /** A GET, without following redirects. */
  | { readonly kind: "http"; readonly url: string }
  | StoreCall
  /** Sends a span by OTLP over HTTP to `url` + `/v1/traces`. */
  | { readonly kind: "otlp"; readonly url: string };

/** A data store: with TLS, but for Neo4j, of which the mesh encrypts the connections unless its Secret says otherwise. */
export interface StoreCall {
  readonly kind: "postgres" | "redis" | "neo4j";
  /** By default, what the secret says. */
  readonly host?: string;
  readonly port?: number;
  readonly database?: string;
  /** The name of a Secret with `username` and `password`; without one, nothing logs in. */
  readonly secret?: string;
}

/** Why a call is not ok. `reset`: the other side accepted the connection and closed it without an answer. */
export type ProbeTrouble =
  | "unresolved"
  | "refused"
  | "reset"
  | "unreachable"
  | "timed-out"
  | "certificate"
  | "no-tls"
  | "denied"
  | "rejected"
  | "unanswerable";

/** What came of a call. */
export interface ProbeResult {
  /** The call, as it is written on the command line. */
  readonly call: string;
  /** Unknown: the call could not be made, so that it says nothing about the other side. */
  readonly outcome: "ok" | "failed" | "unknown";
  readonly trouble?: ProbeTrouble;
  readonly summary: string;
  /** The status of an HTTP response. */
  readonly status?: number;
  /** The trace of the span that was sent: 32 hexadecimal digits. */
  readonly traceId?: string;
  /** Milliseconds. */
  readonly durationMs: number;
}

/** What came of a call, before it is known how long it took. */
export type Attempt = Omit<ProbeResult, "call" | "durationMs">;

/** Returns a call as it is written on the command line. */
export function callText(call: ProbeCall): string {
  switch (call.kind) {
    case "tcp":
      return `${call.kind}://${bracketed(call.host)}:${call.port}`;
    case "http":
      return call.url;
    case "otlp":
      return `otlp+${call.url}`;
    default:
      return storeText(call);
  }
}

const schemes = { postgres: "postgres", redis: "rediss", neo4j: "bolt" } as const;

function storeText({ kind, host = "", port, database, secret }: StoreCall): string {
  const address = port === undefined ? bracketed(host) : `${bracketed(host)}:${port}`;
  const path = database === undefined ? "" : `/${encodeURIComponent(database)}`;
  const query = secret === undefined ? "" : `?secret=${encodeURIComponent(secret)}`;
  return `${schemes[kind]}://${address}${path}${query}`;
}

/** Returns a host or address as it is in a URL: an IPv6 address in brackets. */
export function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
