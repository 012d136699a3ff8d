import { AppError } from "../../core/error.ts";
import { bypassOf } from "../../istio/interception.ts";
import type { MeshPod } from "../../k8s/istio/port.ts";
import type { Caller } from "../breakers/callers.ts";
import { sayCallee } from "../breakers/edges.ts";
import type { CallRules } from "./call-rules.ts";
import { sayWorkload, workloadOf } from "./mesh-workload.ts";
import type { MtlsReads } from "./mtls-reads.ts";
import { isStrict } from "./strictness.ts";

/** Calls between two proxies whose TLS mode a rule sets. */
export interface RuledCall {
  /** `deployment shop/orders` */
  readonly caller: string;
  /** `payments.shop.svc.cluster.local:80` */
  readonly callee: string;
  /** `DestinationRule shop/payments` */
  readonly rule: string;
  /** `DISABLE`, `SIMPLE`, `MUTUAL` or `ISTIO_MUTUAL`. */
  readonly tls: string;
  /** The callee's pods. */
  readonly hosts: readonly MeshPod[];
}

/**
 * Returns the calls that were made to services whose pods all have a sidecar: services outside the mesh may require
 * other TLS.
 */
export function ruledCalls(
  callers: readonly Caller[],
  pods: readonly MeshPod[],
  rules: CallRules,
): readonly RuledCall[] {
  const byAddress = new Map(pods.flatMap((pod) => (pod.ip === undefined ? [] : [[pod.ip, pod] as const])));
  return callers.flatMap(({ pod, upstreams }) => {
    if (upstreams instanceof AppError) return [];
    return upstreams.flatMap((upstream): RuledCall[] => {
      const { rule, tls } = upstream.calls > 0 ? rules(pod, upstream) : {};
      const hosts = upstream.addresses.map((address) => byAddress.get(address));
      if (rule === undefined || tls === undefined || hosts.length === 0) return [];
      if (!hosts.every((host) => host?.proxy === "sidecar")) return [];
      const known = hosts.filter((host) => host !== undefined);
      return [{ caller: sayWorkload(workloadOf(pod)), callee: sayCallee(upstream), rule, tls, hosts: known }];
    });
  });
}

/** Returns whether every pod of the callee only accepts mutual TLS. */
export function calleeTakesMutualTlsOnly({ hosts }: RuledCall, { of, settings }: MtlsReads): boolean {
  return hosts.every((pod) => isStrict(of(pod)) && bypassOf(pod.interception, settings.interceptionMode) === undefined);
}
