import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent, type AgentOptions } from "node:https";
import { HttpProxyAgent, HttpsProxyAgent } from "hpagent";
import { getProxyForUrl } from "proxy-from-env";

interface Destination {
  readonly host: string;
  readonly port: number | string;
}

/** Node types leave out the method that http documents for exactly this: an agent of one's own. */
type Connect = (options: Destination, callback: unknown) => unknown;

/**
 * Agents that go through the proxy of HTTPS_PROXY or HTTP_PROXY, and straight to what NO_PROXY names. Undefined where
 * no proxy is set: the SDK for JavaScript itself knows none of these variables.
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

/** NO_PROXY is known per host, and a client may be sent to several: AWS_ENDPOINT_URL on this machine, SSO outside. */
function unlessExempt<A extends HttpAgent>(agent: A, scheme: string, direct: object): A {
  const through = (agent as unknown as { createConnection: Connect }).createConnection.bind(agent);
  const straight = (direct as { createConnection: Connect }).createConnection.bind(agent);
  const createConnection: Connect = (options, callback) => {
    const exempt = getProxyForUrl(`${scheme}://${options.host}:${options.port}`) === "";
    return exempt ? straight(options, callback) : through(options, callback);
  };
  return Object.assign(agent, { createConnection });
}
