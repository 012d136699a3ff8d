import type { Agent } from "node:http";
import type { AgentOptions } from "node:https";
import { createSecureContext } from "node:tls";
import { getProxyForUrl } from "proxy-from-env";

/** How to reach one API server. */
export interface Access {
  /** The server's address, `https://…`. */
  readonly server: URL;
  /** Called before the first request, after `expires`, and again after a 401 response. */
  authorise(signal: AbortSignal): Promise<Authorisation>;
}

export interface Authorisation {
  /** Holds the connections, with the cluster's CA and, if there is one, the client's certificate. */
  readonly agent: Agent;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch; absent if the credential is used until it is rejected. */
  readonly expires?: number;
}

/**
 * One connection for each list and port-forward at the same time. HTTP/1.1 with keep-alive instead of HTTP/2 or undici:
 * it is within 20 ms of the fastest of the three, needs no library, and works with every proxy and load balancer.
 */
export const agentOptions = { keepAlive: true, maxSockets: 12 } as const;

/** Parses certificates and key once for all connections of an agent, because that takes longer than a handshake. */
export function withOneContext<A extends Agent>(agent: A): A {
  const { options } = agent as { readonly options?: AgentOptions };
  if (options === undefined) return agent;
  options.secureContext = createSecureContext(options);
  // Otherwise they would be part of the key by which the agent finds free connections.
  for (const read of ["ca", "cert", "key"] as const) delete options[read];
  return agent;
}

/** Returns the proxy for a server according to HTTPS_PROXY and NO_PROXY, if any. */
export function proxyFor(server: string): string | undefined {
  return getProxyForUrl(server) || undefined;
}
