const traffic = "traffic.sidecar.istio.io";

/** The proxy's own health, readiness and metrics: Istio leaves them out for every pod, and some of its injectors write that down. */
const proxyPorts = new Set(["15020", "15021", "15090"]);

/**
 * The inbound ports whose connections a pod's annotations keep from its proxy: `port 9000`, `all ports but 8000`;
 * undefined where all go through it. What is left out counts only where all is taken in.
 * https://istio.io/latest/docs/reference/config/annotations/#SidecarTrafficExcludeInboundPorts
 */
export function bypassOf(annotations: Readonly<Record<string, unknown>>): string | undefined {
  const included = textOf(annotations[`${traffic}/includeInboundPorts`] ?? "*");
  if (included === "*") {
    const excluded = portsIn(textOf(annotations[`${traffic}/excludeInboundPorts`])).filter(
      (port) => !proxyPorts.has(port),
    );
    return excluded.length === 0 ? undefined : said(excluded);
  }
  const taken = portsIn(included);
  return taken.length === 0 ? "all ports" : `all ports but ${taken.join(", ")}`;
}

function said(ports: readonly string[]): string {
  return `${ports.length === 1 ? "port" : "ports"} ${ports.join(", ")}`;
}

function portsIn(list: string): readonly string[] {
  return list
    .split(",")
    .map((port) => port.trim())
    .filter((port) => port !== "");
}

/** Annotations are text in a cluster; in a file anything may stand. */
function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
