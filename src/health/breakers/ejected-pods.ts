import { isIP } from "node:net";
import { mapBounded } from "../../core/bounded.ts";
import type { MeshPod } from "../../k8s/istio/port.ts";
import { foldAlike } from "../fold-alike.ts";
import type { PodObject } from "../../core/kubernetes/pod.ts";
import { type MeshWorkload, podName, workloadOf } from "../mesh/mesh-workload.ts";
import type { Edge } from "./edges.ts";

/** A pod, and the callers that no longer call it. */
export interface EjectedPod {
  readonly address: string;
  /** `shop/payments-5f6-abcde`; absent if no pod in the cluster has the address. */
  readonly pod?: string;
  readonly workload?: MeshWorkload;
  readonly by: readonly Ejector[];
}

export interface Ejector {
  /** `deployment shop/orders` */
  readonly caller: string;
  /** The service under which it called the pod: `payments.shop.svc.cluster.local:80`. */
  readonly callee: string;
  /** The caller's pods whose proxies have ejected it; `of` is the number of all. */
  readonly pods: readonly string[];
  readonly of: number;
  /** The number of the caller's proxies that have ejected every host of the callee. */
  readonly exhausted: number;
  /** The number of proxies that call it anyway, because fewer hosts are healthy than minHealthPercent. */
  readonly panicking: number;
}

const atOnce = 6;

/**
 * Returns each ejected pod with its callers. `podsAt` is only called for addresses that do not belong to a pod in the
 * mesh.
 */
export async function ejectedPods(
  edges: readonly Edge[],
  pods: readonly MeshPod[],
  podsAt: (ip: string) => Promise<readonly PodObject[]>,
): Promise<readonly EjectedPod[]> {
  const byAddress = new Map(pods.flatMap((pod) => (pod.ip === undefined ? [] : [[pod.ip, pod] as const])));
  const all = edges.flatMap((edge) => edge.ejected.map(({ address, by }) => ({ address, by: toEjector(edge, by) })));
  return mapBounded(
    foldAlike(all, ({ address }) => address),
    atOnce,
    async (alike): Promise<EjectedPod> => {
      const [{ address }] = alike;
      const known = byAddress.get(address)?.object;
      const object = known ?? (isIP(address) === 0 ? undefined : (await podsAt(address)).find(runs));
      const named = object === undefined ? {} : { pod: podName({ object }), workload: workloadOf({ object }) };
      return { address, ...named, by: alike.map(({ by }) => by) };
    },
  );
}

function toEjector({ caller, callee, proxies, exhausted, panicking }: Edge, pods: readonly string[]): Ejector {
  return { caller, callee, pods, of: proxies, exhausted, panicking };
}

/** Returns whether a pod is running with its own address: on the host network, many pods have the same one. */
function runs({ spec, status }: PodObject): boolean {
  return status?.phase === "Running" && spec?.hostNetwork !== true;
}
