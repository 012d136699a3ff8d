import type { Agent } from "node:http";
import type { AgentOptions } from "node:https";
import { createSecureContext } from "node:tls";
import { getProxyForUrl } from "proxy-from-env";

/** How one API server is spoken to. */
export interface Access {
  /** The server's address, `https://…`. */
  readonly server: URL;
  /** Asked for before the first request, after `expires`, and again when the server answers 401. */
  authorise(signal: AbortSignal): Promise<Authorisation>;
}

export interface Authorisation {
  /** Holds the connections, with the cluster's CA and, where there is one, the client's certificate. */
  readonly agent: Agent;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch; absent where the credential is good until it is refused. */
  readonly expires?: number;
}

/**
 * As many connections as lists are read and forwards begun at once. HTTP/1.1 on kept-alive connections and not HTTP/2
 * or undici: of the three it is within 20 ms of the fastest, needs no library, and passes every proxy and load balancer.
 */
export const agentOptions = { keepAlive: true, maxSockets: 12 } as const;

/** Reads certificates and key once for all connections of an agent: that takes longer than a handshake. */
export function withOneContext<A extends Agent>(agent: A): A {
  const { options } = agent as { readonly options?: AgentOptions };
  if (options === undefined) return agent;
  options.secureContext = createSecureContext(options);
  // They would be part of the name by which a free connection is found.
  for (const read of ["ca", "cert", "key"] as const) delete options[read];
  return agent;
}

/** The proxy that HTTPS_PROXY and NO_PROXY name for a server, if any. */
export function proxyFor(server: string): string | undefined {
  return getProxyForUrl(server) || undefined;
}
