import { listed } from "../../core/enumerate.ts";
import { whyUnseen } from "../../istio/outbound-bypass.ts";
import { AppError } from "../../core/error.ts";
import type { MeshPod } from "../../k8s/istio/port.ts";
import { foldAlike } from "../fold-alike.ts";
import { podName, sayWorkload, workloadOf } from "../mesh/mesh-workload.ts";
import type { Caller } from "./callers.ts";
import { sayCallee } from "./edges.ts";

/** Calls that bypass every breaker, although the caller has a proxy. */
export interface UnseenCalls {
  /** `deployment shop/orders` */
  readonly caller: string;
  /** `calls shop/payments-1 by address, bypassing every DestinationRule`. */
  readonly summary: string;
  readonly evidence: Readonly<Record<string, unknown>>;
}

/**
 * Returns calls to addresses of pods in the mesh, which no service covers, and outbound ports that bypass the proxy.
 */
export function unseenCalls(callers: readonly Caller[], pods: readonly MeshPod[]): readonly UnseenCalls[] {
  const byAddress = new Map(pods.flatMap((pod) => (pod.ip === undefined ? [] : [[pod.ip, podName(pod)] as const])));
  const direct = callers.flatMap(({ pod, passthrough }) =>
    passthrough.flatMap(({ address, calls }) => {
      const callee = calls > 0 ? byAddress.get(address) : undefined;
      return callee === undefined ? [] : [{ caller: sayWorkload(workloadOf(pod)), callee }];
    }),
  );
  const ofAddresses = foldAlike(direct, ({ caller }) => caller).map((alike): UnseenCalls => {
    const callees = [...new Set(alike.map(({ callee }) => callee))];
    const summary = `calls ${listed(callees)} by address, bypassing every DestinationRule`;
    return { caller: alike[0].caller, summary, evidence: { pods: callees } };
  });
  return [...ofAddresses, ...bypassed(callers)];
}

function bypassed(callers: readonly Caller[]): readonly UnseenCalls[] {
  const all = callers.flatMap(({ pod, upstreams }) => {
    if (pod.unseen === undefined || pod.proxy !== "sidecar") return [];
    const bypass = pod.unseen;
    const caller = sayWorkload(workloadOf(pod));
    const whole = whyUnseen(bypass, undefined);
    if (whole !== undefined) return [{ caller, why: `${whole}: its calls bypass its proxy`, callees: [] }];
    // It is unknown which service on that port is called. Ports of databases are not meant to have a breaker in the
    // mesh.
    const ports = upstreams instanceof AppError ? [] : upstreams.filter(({ port }) => bypass.ports.includes(port));
    if (ports.length === 0) return [];
    const callees = [...new Set(ports.map(sayCallee))];
    const numbers = [...new Set(ports.map(({ port }) => port))];
    const why = `excludeOutboundPorts has ${numbers.join(", ")}: calls to ${listed(callees)} would bypass its proxy`;
    return [{ caller, why, callees }];
  });
  return foldAlike(all, ({ caller }) => caller).map((alike) => ({
    caller: alike[0].caller,
    summary: alike[0].why,
    evidence: { callees: alike[0].callees },
  }));
}
