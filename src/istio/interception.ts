import { field } from "../core/fields.ts";
import type { Words } from "./membership.ts";

/** The settings that determine which inbound connections of a pod go through its proxy. */
export interface Interception {
  /** `REDIRECT`, `TPROXY` or `NONE`; undefined if the pod does not set it, so that the mesh's default applies. */
  readonly mode?: string;
  /** Where the mode is set: `its annotation sidecar.istio.io/interceptionMode`. */
  readonly modeFrom?: string;
  /** `*`, or comma-separated ports. */
  readonly included: string;
  /** Comma-separated ports, including the proxy's own. */
  readonly excluded: string;
  /** Whether the pod's annotation sets these, or Istio's installation. */
  readonly portsFrom: "annotation" | "installation";
}

/** Inbound connections that bypass the proxy, so that policies do not apply to them. */
export interface Bypass {
  /** `port 9000`, `all ports except 8000`, `all ports`. */
  readonly ports: string;
  /** The setting that makes them bypass it. */
  readonly by: string;
  /** Only these ports; undefined for all of them, or all with exceptions. */
  readonly excluded?: readonly string[];
}

interface Container {
  readonly name: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

export interface ProxiedPod {
  readonly annotations: Words;
  /** Includes init containers; empty for a file, because an injector adds them later. */
  readonly containers?: readonly Container[];
  /** The contents of the annotation proxy.istio.io/config, as plain data. */
  readonly proxyConfig?: unknown;
}

const traffic = "traffic.sidecar.istio.io";
const interceptionMode = "sidecar.istio.io/interceptionMode";
/** Health, readiness and metrics ports of the proxy and Envoy, which Istio excludes for every pod. */
const proxyPorts = ["15020", "15021", "15090"];
/** Their arguments show the actual settings: `-m` mode, `-b` included and `-d` excluded inbound ports. */
const initContainers = ["istio-init", "istio-validation"];

/**
 * Returns how a pod's inbound connections are intercepted. The settings of a running pod, including those of the mesh,
 * are in its init container and its proxy's environment; a pod template only has annotations.
 * https://istio.io/latest/docs/reference/config/annotations/, and
 * manifests/charts/istio-control/istio-discovery/files/injection-template.yaml in Istio.
 */
export function interceptionOf({ annotations, containers = [], proxyConfig }: ProxiedPod): Interception {
  const init = containers.find(({ name }) => initContainers.includes(name));
  const args = init?.args ?? [];
  const argument = (flag: string): string | undefined => {
    const at = args.indexOf(flag);
    return at < 0 ? undefined : args[at + 1];
  };
  const annotated = (name: string): string | undefined => textOf(annotations[`${traffic}/${name}`]);
  const configured = textOf(field(proxyConfig, "interceptionMode"));
  const mode = modeOf(annotations, configured, containers, argument("-m"), init?.name);
  return {
    ...mode,
    included: argument("-b") ?? annotated("includeInboundPorts") ?? "*",
    excluded: withoutStatusPort(argument("-d") ?? annotated("excludeInboundPorts") ?? "", annotations),
    portsFrom: ["includeInboundPorts", "excludeInboundPorts"].some((name) => annotated(name) !== undefined)
      ? "annotation"
      : "installation",
  };
}

type Mode = Pick<Interception, "mode" | "modeFrom">;

function modeOf(
  annotations: Words,
  configured: string | undefined,
  containers: readonly Container[],
  argument?: string,
  init?: string,
): Mode {
  const annotation = textOf(annotations[interceptionMode]);
  const ofAnnotation = { mode: annotation, modeFrom: `its annotation ${interceptionMode}` };
  const ofConfig = { mode: configured, modeFrom: "its annotation proxy.istio.io/config" };
  const proxy = containers.find(({ name }) => name === "istio-proxy");
  const variable = proxy?.env?.find(({ name }) => name === "ISTIO_META_INTERCEPTION_MODE")?.value;
  const setUp = argument ?? variable;
  // The actual settings count. If an annotation has the same value, it is the source.
  const origin = [ofAnnotation, ofConfig].find(
    ({ mode }) => mode !== undefined && (setUp === undefined || mode === setUp),
  );
  if (origin?.mode !== undefined) return { mode: origin.mode, modeFrom: origin.modeFrom };
  if (setUp === undefined) return {};
  return {
    mode: setUp,
    modeFrom: argument === undefined ? "meshConfig.defaultConfig.interceptionMode" : `its ${init}`,
  };
}

/** `meshMode` is meshConfig.defaultConfig.interceptionMode, if known. */
export function bypassOf(interception: Interception, meshMode?: string): Bypass | undefined {
  const { mode = meshMode, modeFrom = "meshConfig.defaultConfig.interceptionMode", included } = interception;
  if (mode === "NONE") return { ports: "all ports", by: `${modeFrom}: NONE` };
  const from = (name: string): string =>
    interception.portsFrom === "annotation"
      ? `its annotation ${traffic}/${name}`
      : `global.proxy.${name} in Istio's installation`;
  if (included.trim() !== "*") {
    const taken = portsIn(included);
    const ports = taken.length === 0 ? "all ports" : `all ports except ${taken.join(", ")}`;
    return { ports, by: from("includeInboundPorts") };
  }
  const excluded = portsIn(interception.excluded).filter((port) => !proxyPorts.includes(port));
  if (excluded.length === 0) return undefined;
  return { ports: sayPorts(excluded), by: from("excludeInboundPorts"), excluded };
}

/** `port 9000`, `ports 9000, 9001`. */
export function sayPorts(ports: readonly string[]): string {
  return `${ports.length === 1 ? "port" : "ports"} ${ports.join(", ")}`;
}

/** Returns whether connections to this port of the container go through the proxy. */
export function isIntercepted({ mode, included, excluded }: Interception, port: number, meshMode?: string): boolean {
  if ((mode ?? meshMode) === "NONE") return false;
  const isNamed = (list: string): boolean => portsIn(list).includes(String(port));
  return included.trim() === "*" ? !isNamed(excluded) : isNamed(included);
}

/** Returns `remove the annotation X from its pod template`, or the setting to change. */
export function bypassFix(by: string): string {
  const [, annotation] = /^its annotation ([^:]+)/.exec(by) ?? [];
  return annotation === undefined ? `change ${by}` : `remove ${annotation} from the pod template's annotations`;
}

/** A pod may use a port other than 15020. */
function withoutStatusPort(excluded: string, annotations: Words): string {
  const status = textOf(annotations["status.sidecar.istio.io/port"]);
  return portsIn(excluded)
    .filter((port) => port !== status)
    .join(",");
}

function portsIn(list: string): readonly string[] {
  const ports = list
    .split(",")
    .map((port) => port.trim())
    .filter((port) => port !== "");
  return [...new Set(ports)];
}

/** Annotations are text in a cluster, but may be numbers in a file. */
function textOf(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
