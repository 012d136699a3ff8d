import { field, list, text } from "./fields.ts";
import { fullHost } from "./hosts.ts";
import { isKind, type Manifest } from "./manifest.ts";

/**
 * Protocols that Istio does not treat as HTTP, including TLS that it passes through.
 * https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/
 */
const notHttp = new Set(["tcp", "tls", "https", "mongo", "mysql", "redis", "udp"]);

/**
 * Returns whether calls to a host are certainly not HTTP: the Service is among the manifests, and the name or
 * appProtocol of all its ports, or of the given one, says so.
 */
export function isTcp(host: string, port: number | undefined, beside: readonly Manifest[]): boolean {
  const service = beside.find((each) => isKind(each, "", "Service") && fullHost(each.name, each.namespace) === host);
  const ports = list(service?.value, "spec", "ports").filter(
    (each) => port === undefined || field(each, "port") === port,
  );
  return ports.length > 0 && ports.every((each) => notHttp.has(protocolOf(each)));
}

function protocolOf(port: unknown): string {
  return (text(port, "appProtocol") ?? text(port, "name")?.split("-")[0] ?? "").toLowerCase();
}
