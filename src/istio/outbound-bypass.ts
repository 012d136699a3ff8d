import type { Interception, ProxiedPod } from "./interception.ts";

/** Outbound connections that do not reach the proxy: no breaker sees them. */
export interface OutboundBypass {
  /** Ports that are never taken in. */
  readonly ports: readonly number[];
  /** Ports that are taken in whatever else is said. */
  readonly included: readonly number[];
  /** `*`, or the only address ranges that are taken in; none at all where it is empty. */
  readonly ranges: "*" | readonly string[];
  /** Address ranges that are not. */
  readonly excludedRanges: readonly string[];
  /** Whether nothing is taken in, by interceptionMode NONE. */
  readonly isOff: boolean;
}

const traffic = "traffic.sidecar.istio.io";

/**
 * Returns which outbound connections a pod's proxy does not see: by the arguments of the init container of a pod that
 * runs, else by its annotations. `mode` is what interceptionMode comes to; undefined where all is taken in.
 * https://istio.io/latest/docs/reference/config/annotations/, istio tools/istio-iptables/pkg/constants
 */
export function outboundBypassOf(
  { annotations, containers = [] }: ProxiedPod,
  { mode }: Pick<Interception, "mode">,
): OutboundBypass | undefined {
  const args = containers.find(({ name }) => name === "istio-init" || name === "istio-validation")?.args ?? [];
  const setting = (flag: string, annotation: string): string | undefined => {
    const at = args.indexOf(flag);
    if (at >= 0) return args[at + 1] ?? "";
    const value = annotations[`${traffic}/${annotation}`];
    return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
  };
  const ranges = setting("-i", "includeOutboundIPRanges")?.trim() ?? "*";
  const bypass: OutboundBypass = {
    ports: portsIn(setting("-o", "excludeOutboundPorts")),
    included: portsIn(setting("-q", "includeOutboundPorts")),
    ranges: ranges === "*" ? "*" : wordsIn(ranges),
    excludedRanges: wordsIn(setting("-x", "excludeOutboundIPRanges")),
    isOff: mode === "NONE",
  };
  const { ports, excludedRanges, isOff } = bypass;
  return isOff || ports.length > 0 || excludedRanges.length > 0 || bypass.ranges !== "*" ? bypass : undefined;
}

/**
 * Returns why a call to a port of a service is not seen, `port 8080 is in its excludeOutboundPorts`; undefined where it
 * is seen, as far as ports and whole address families tell.
 */
export function whyUnseen(bypass: OutboundBypass, port: number | undefined): string | undefined {
  if (bypass.isOff) return "its interceptionMode is NONE";
  if (port !== undefined && bypass.ports.includes(port)) return `port ${port} is in its excludeOutboundPorts`;
  if (port !== undefined && bypass.included.includes(port)) return undefined;
  if (bypass.ranges !== "*" && bypass.ranges.length === 0) return "its includeOutboundIPRanges is empty";
  const all = bypass.excludedRanges.find((range) => range.endsWith("/0"));
  return all === undefined ? undefined : `its excludeOutboundIPRanges has ${all}`;
}

function wordsIn(list = ""): readonly string[] {
  return list
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

function portsIn(list: string | undefined): readonly number[] {
  return wordsIn(list).map(Number).filter(Number.isInteger);
}
