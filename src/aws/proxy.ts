import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent, type AgentOptions } from "node:https";
import { HttpProxyAgent, HttpsProxyAgent } from "hpagent";
import { getProxyForUrl } from "proxy-from-env";

interface Destination {
  readonly host: string;
  readonly port: number | string;
}

/** Missing in Node's types, although the documentation of http names this method for custom agents. */
type Connect = (options: Destination, callback: unknown) => unknown;

/**
 * Returns agents that use the proxy in HTTPS_PROXY or HTTP_PROXY, except for hosts in NO_PROXY. Undefined if no proxy
 * is set. The SDK for JavaScript does not support these variables.
 */
export function proxyAgents(tls: AgentOptions): { httpAgent: HttpAgent; httpsAgent: HttpsAgent } | undefined {
  const forHttp = getProxyForUrl("http://amazonaws.com");
  const forHttps = getProxyForUrl("https://amazonaws.com");
  if (forHttp === "" && forHttps === "") return undefined;
  const httpAgent =
    forHttp === "" ? new HttpAgent({ keepAlive: true }) : new HttpProxyAgent({ proxy: forHttp, keepAlive: true });
  const httpsAgent =
    forHttps === ""
      ? new HttpsAgent({ keepAlive: true, ...tls })
      : new HttpsProxyAgent({ proxy: forHttps, keepAlive: true, ...tls });
  return {
    httpAgent: unlessExempt(httpAgent, "http", HttpAgent.prototype),
    httpsAgent: unlessExempt(httpsAgent, "https", HttpsAgent.prototype),
  };
}

/**
 * Bypasses the proxy for hosts in NO_PROXY. Decides for each connection, because one client may call several hosts,
 * such as AWS_ENDPOINT_URL on this machine and SSO on the internet.
 */
function unlessExempt<A extends HttpAgent>(agent: A, scheme: string, direct: object): A {
  const through = (agent as unknown as { createConnection: Connect }).createConnection.bind(agent);
  const straight = (direct as { createConnection: Connect }).createConnection.bind(agent);
  const createConnection: Connect = (options, callback) => {
    const exempt = getProxyForUrl(`${scheme}://${options.host}:${options.port}`) === "";
    return exempt ? straight(options, callback) : through(options, callback);
  };
  return Object.assign(agent, { createConnection });
}
