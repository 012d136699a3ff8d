/** Only who has a SOCKS proxy loads it. */
export function SocksProxyAgent(...given) {
  const { SocksProxyAgent: Agent } = require("socks-proxy-agent");
  return new Agent(...given);
}
