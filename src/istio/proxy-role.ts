import type { Words } from "./membership.ts";

/**
 * sidecar: an Envoy next to an application · gateway, waypoint: an Envoy that is called itself · ztunnel: a node's
 * proxy in ambient mode · proxyless: an agent without an Envoy, for gRPC with xDS.
 */
export type ProxyRole = "sidecar" | "gateway" | "waypoint" | "ztunnel" | "proxyless";

interface ProxyContainer {
  readonly name: string;
  readonly args?: readonly string[];
}

const byArgument: ReadonlyMap<string, ProxyRole> = new Map([
  ["router", "gateway"],
  ["waypoint", "waypoint"],
  ["ztunnel", "ztunnel"],
]);

/**
 * Returns the role of a pod's istio-proxy container, according to the arguments that Istio's templates give it (`proxy
 * sidecar`); undefined without one. `containers` includes init containers, because native sidecars are among them.
 */
export function proxyRoleOf(pod: {
  readonly labels: Words;
  readonly annotations: Words;
  readonly containers: readonly ProxyContainer[];
}): ProxyRole | undefined {
  const proxy = pod.containers.find(({ name }) => name === "istio-proxy");
  if (proxy === undefined) return undefined;
  const role = proxy.args?.flatMap((word) => byArgument.get(word) ?? []).at(0);
  if (role !== undefined) return role;
  const templates = templatesOf(pod.annotations);
  if (templates.includes("grpc-agent")) return "proxyless";
  if (templates.includes("gateway") || isManagedGateway(pod.labels)) return "gateway";
  return "sidecar";
}

/** Returns whether a controller created the pod for a Gateway of the Gateway API. */
function isManagedGateway(labels: Words): boolean {
  return labels["gateway.istio.io/managed"] !== undefined;
}

function templatesOf(annotations: Words): readonly string[] {
  const names = annotations["inject.istio.io/templates"];
  return typeof names === "string" ? names.split(",").map((name) => name.trim()) : [];
}
