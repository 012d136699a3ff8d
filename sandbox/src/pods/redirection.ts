import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { containersOf, type Pod } from "./pod.ts";

const traffic = "traffic.sidecar.istio.io";

/** What Istio's annotations may say of other traffic, and what of it is taken here: all of it. */
const taken: Readonly<Record<string, readonly string[]>> = {
  "sidecar.istio.io/interceptionMode": ["REDIRECT"],
  [`${traffic}/includeInboundPorts`]: ["*"],
  [`${traffic}/includeOutboundIPRanges`]: ["*"],
  [`${traffic}/includeOutboundPorts`]: [""],
  [`${traffic}/excludeOutboundIPRanges`]: [""],
  [`${traffic}/kubevirtInterfaces`]: [""],
  [`${traffic}/excludeInterfaces`]: [""],
};

/** The sidecar that Istio's injector gave a pod. */
export function sidecarOf(pod: Pod) {
  if (pod.metadata.annotations?.["sidecar.istio.io/status"] === undefined) return undefined;
  return containersOf(pod).find(({ name }) => name === "istio-proxy");
}

/** The first annotation of a meshed pod that asks for a redirection other than all of the traffic. */
export function refusedAnnotation(pod: Pod): string | undefined {
  if (sidecarOf(pod) === undefined) return undefined;
  const { annotations = {} } = pod.metadata;
  const refused = Object.entries(taken).find(([name, values]) => {
    const value = annotations[name];
    return value !== undefined && !values.includes(value);
  });
  return refused === undefined ? undefined : `metadata.annotations["${refused[0]}"]`;
}

/** How a pod's traffic is led through its sidecar: flags of `pod-shim redirect`. Undefined for a pod that has none. */
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

/** Writes the rules into the pod's network namespace; what was there is replaced at once. */
export async function redirectTraffic(shim: string, netns: string, flags: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)(shim, ["redirect", `--netns=${netns}`, ...flags]);
  } catch (error) {
    const text = String((error as { stderr?: unknown }).stderr ?? error).trim();
    throw new Error(`the sidecar's redirection: ${text}`, { cause: error });
  }
}
