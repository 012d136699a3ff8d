/** A probe that the kubelet sends directly to the pod, instead of through Istio's agent. */
export interface DirectProbe {
  readonly container: string;
  readonly what: "readiness" | "liveness" | "startup";
  readonly port: number;
}

interface Probe {
  readonly httpGet?: { readonly path?: string; readonly host?: string; readonly port: number | string };
  readonly tcpSocket?: { readonly host?: string; readonly port: number | string };
  readonly grpc?: { readonly port: number };
}

export interface ProbedContainer {
  readonly name: string;
  readonly ports?: readonly { readonly containerPort: number; readonly name?: string }[];
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly startupProbe?: Probe;
}

const kinds = ["readiness", "liveness", "startup"] as const;

/**
 * Returns the network probes that Istio's injector has not rewritten to its agent (the rewritten paths begin with
 * /app-health). It rewrites none if the annotation sidecar.istio.io/rewriteAppHTTPProbers is false, and none of a
 * container that another webhook adds later. After pkg/kube/inject/app_probe.go in Istio.
 */
export function directProbes(containers: readonly ProbedContainer[]): readonly DirectProbe[] {
  return containers
    .filter(({ name }) => name !== "istio-proxy")
    .flatMap((container) =>
      kinds.flatMap((what): DirectProbe[] => {
        const port = portOf(container[`${what}Probe`], container);
        return port === undefined ? [] : [{ container: container.name, what, port }];
      }),
    );
}

/** Undefined if there is none, it has a different target, or the agent performs it. */
function portOf({ httpGet, tcpSocket, grpc }: Probe = {}, { ports = [] }: ProbedContainer): number | undefined {
  if (httpGet?.path?.startsWith("/app-health/") === true) return undefined;
  const target = httpGet ?? tcpSocket;
  if (target === undefined) return grpc?.port;
  if (target.host !== undefined && target.host !== "") return undefined;
  if (typeof target.port === "number") return target.port;
  return ports.find(({ name }) => name === target.port)?.containerPort;
}
