import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { containersOf, type Pod } from "./pod.ts";

const traffic = "traffic.sidecar.istio.io";

/** Values of Istio's annotations that are supported: those that redirect all traffic. */
const taken: Readonly<Record<string, readonly string[]>> = {
  "sidecar.istio.io/interceptionMode": ["REDIRECT"],
  [`${traffic}/includeInboundPorts`]: ["*"],
  [`${traffic}/includeOutboundIPRanges`]: ["*"],
  [`${traffic}/includeOutboundPorts`]: [""],
  [`${traffic}/excludeOutboundIPRanges`]: [""],
  [`${traffic}/kubevirtInterfaces`]: [""],
  [`${traffic}/excludeInterfaces`]: [""],
};

/** The sidecar that Istio's injector added to a pod. The proxy of a gateway is none: nothing is redirected to it. */
export function sidecarOf(pod: Pod) {
  if (pod.metadata.annotations?.["sidecar.istio.io/status"] === undefined) return undefined;
  return containersOf(pod).find(({ name, args }) => name === "istio-proxy" && args?.includes("router") !== true);
}

/** Returns the first annotation of a meshed pod that requests a redirection other than of all traffic. */
export function refusedAnnotation(pod: Pod): string | undefined {
  if (sidecarOf(pod) === undefined) return undefined;
  const { annotations = {} } = pod.metadata;
  const refused = Object.entries(taken).find(([name, values]) => {
    const value = annotations[name];
    return value !== undefined && !values.includes(value);
  });
  return refused === undefined ? undefined : `metadata.annotations["${refused[0]}"]`;
}

/**
 * Returns flags of `pod-shim redirect` that send a pod's traffic through its sidecar; undefined for a pod without one.
 */
export function redirectionOf(pod: Pod): readonly string[] | undefined {
  const sidecar = sidecarOf(pod);
  if (sidecar === undefined) return undefined;
  const { annotations = {} } = pod.metadata;
  const ports = (flag: string, annotation: string): readonly string[] => {
    const list = annotations[`${traffic}/${annotation}`] ?? "";
    return list === "" ? [] : [`--${flag}=${list}`];
  };
  const captured = sidecar.env?.some(({ name, value }) => name === "ISTIO_META_DNS_CAPTURE" && value === "true");
  return [
    ...(captured === true ? ["--dns"] : []),
    ...ports("exclude-inbound", "excludeInboundPorts"),
    ...ports("exclude-outbound", "excludeOutboundPorts"),
  ];
}

/** Writes the rules to the pod's network namespace, and replaces existing ones atomically. */
export async function redirectTraffic(shim: string, netns: string, flags: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)(shim, ["redirect", `--netns=${netns}`, ...flags]);
  } catch (error) {
    const text = String((error as { stderr?: unknown }).stderr ?? error).trim();
    throw new Error(`cannot redirect traffic to the sidecar: ${text}`, { cause: error });
  }
}
