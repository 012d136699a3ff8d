import type { Words } from "./membership.ts";

/**
 * sidecar: an Envoy beside an application · gateway, waypoint: an Envoy that is itself what is called · ztunnel: a
 * node's proxy of the ambient mesh · proxyless: an agent without an Envoy, for gRPC by xDS.
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
 * What a pod's istio-proxy container is, by the arguments that Istio's templates give it (`proxy sidecar`); undefined
 * where there is none. `containers` has init containers too: native sidecars are among them.
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

/** Whether a controller made the pod for a Gateway of the Gateway API. */
function isManagedGateway(labels: Words): boolean {
  return labels["gateway.istio.io/managed"] !== undefined;
}

function templatesOf(annotations: Words): readonly string[] {
  const names = annotations["inject.istio.io/templates"];
  return typeof names === "string" ? names.split(",").map((name) => name.trim()) : [];
}
