import type { Interception, ProxiedPod } from "./interception.ts";

/** Outbound connections that bypass the proxy, so that no breaker applies to them. */
export interface OutboundBypass {
  /** Ports that are never captured. */
  readonly ports: readonly number[];
  /** Ports that are captured whatever the other settings. */
  readonly included: readonly number[];
  /** `*`, or the only address ranges that are captured; none if it is empty. */
  readonly ranges: "*" | readonly string[];
  /** Address ranges that are not captured. */
  readonly excludedRanges: readonly string[];
  /** Whether nothing is captured, because of interceptionMode NONE. */
  readonly isOff: boolean;
}

const traffic = "traffic.sidecar.istio.io";

/**
 * Returns which outbound connections bypass a pod's proxy: from the arguments of a running pod's init container,
 * otherwise from its annotations. `mode` is the effective interceptionMode; undefined if everything is captured.
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
 * Returns why a call to a port of a service bypasses the proxy, `port 8080 is in its excludeOutboundPorts`. Undefined
 * if it does not, as far as ports and whole address families show.
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
