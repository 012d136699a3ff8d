import { field } from "../core/fields.ts";
import type { Words } from "./membership.ts";

/** What decides which inbound connections of a pod go through its proxy. */
export interface Interception {
  /** `REDIRECT`, `TPROXY` or `NONE`; undefined where the pod does not say: the mesh's default counts. */
  readonly mode?: string;
  /** Where the mode is from: `its annotation sidecar.istio.io/interceptionMode`. */
  readonly modeFrom?: string;
  /** `*`, or ports with commas. */
  readonly included: string;
  /** Ports with commas; the proxy's own among them. */
  readonly excluded: string;
  /** Whether an annotation of the pod sets these, or Istio's installation. */
  readonly portsFrom: "annotation" | "installation";
}

/** Inbound connections that do not reach the proxy: what a policy says does not hold for them. */
export interface Bypass {
  /** `port 9000`, `all ports but 8000`, `all ports`. */
  readonly ports: string;
  /** What keeps them from it. */
  readonly by: string;
  /** These ports alone; absent where it is all of them, or all but some. */
  readonly excluded?: readonly string[];
}

interface Container {
  readonly name: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

export interface ProxiedPod {
  readonly annotations: Words;
  /** Init containers too; none where a file has what an injector fills in. */
  readonly containers?: readonly Container[];
  /** What the annotation proxy.istio.io/config says, as plain data. */
  readonly proxyConfig?: unknown;
}

const traffic = "traffic.sidecar.istio.io";
const interceptionMode = "sidecar.istio.io/interceptionMode";
/** Health, readiness and metrics of the proxy itself, and Envoy's: excluded for every pod by Istio. */
const proxyPorts = ["15020", "15021", "15090"];
/** Their arguments are what was set up: `-m` mode, `-b` included, `-d` excluded inbound ports. */
const initContainers = ["istio-init", "istio-validation"];

/**
 * How a pod's inbound connections are intercepted. What was set up for a pod that runs is in its init container and
 * its proxy's environment, mesh-wide settings included; a pod that is still a template has its annotations.
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
  // What was set up counts; an annotation that says the same is where it came from.
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

/** `meshMode` is meshConfig.defaultConfig.interceptionMode, where it is known. */
export function bypassOf(interception: Interception, meshMode?: string): Bypass | undefined {
  const { mode = meshMode, modeFrom = "meshConfig.defaultConfig.interceptionMode", included } = interception;
  if (mode === "NONE") return { ports: "all ports", by: `${modeFrom}: NONE` };
  const from = (name: string): string =>
    interception.portsFrom === "annotation"
      ? `its annotation ${traffic}/${name}`
      : `global.proxy.${name} of Istio's installation`;
  if (included.trim() !== "*") {
    const taken = portsIn(included);
    const ports = taken.length === 0 ? "all ports" : `all ports but ${taken.join(", ")}`;
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

/** Whether connections to this port of the container go through the proxy. */
export function isIntercepted({ mode, included, excluded }: Interception, port: number, meshMode?: string): boolean {
  if ((mode ?? meshMode) === "NONE") return false;
  const isNamed = (list: string): boolean => portsIn(list).includes(String(port));
  return included.trim() === "*" ? !isNamed(excluded) : isNamed(included);
}

/** `remove the annotation X from its pod template`, or the setting it is from. */
export function bypassFix(by: string): string {
  const [, annotation] = /^its annotation ([^:]+)/.exec(by) ?? [];
  return annotation === undefined ? `change ${by}` : `remove ${annotation} from the pod template's annotations`;
}

/** The port may be another one than 15020 for a pod. */
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

/** Annotations are text in a cluster; in a file they may be numbers. */
function textOf(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
