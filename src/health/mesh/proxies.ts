import type { ControlPlane, MeshPod, ProxySync, ResourceSync } from "../../k8s/istio/port.ts";
import { AppError } from "../../core/error.ts";
import { podName, sayWorkload, workloadOf } from "./mesh-workload.ts";

/**
 * synced: all that was sent is in use · pending: something was sent a moment ago · stale: the proxy does not take up
 * what was sent · refused: it refuses it (NACK) · unconnected: no istiod knows it · unknown: an istiod that may know it
 * does not answer.
 */
export type ProxyState = "synced" | "pending" | "stale" | "refused" | "unconnected" | "unknown";

/** A proxy as all istiods together know it. */
export interface Proxy {
  /** `shop/orders-7d9c-x2x4z`, its pod. */
  readonly pod: string;
  /** `deployment shop/orders`; absent where its pod is not in this cluster. */
  readonly workload?: string;
  readonly state: ProxyState;
  /** The istiods it is connected to. */
  readonly istiods: readonly string[];
  /** Istio's. */
  readonly version?: string;
  readonly resources: readonly ProxyResource[];
}

export interface ProxyResource extends Omit<ResourceSync, "state"> {
  readonly state: "not-sent" | Exclude<ProxyState, "unconnected" | "unknown">;
}

/** A proxy with much to load takes its time. */
const patienceMs = 10_000;
const gravest = ["refused", "stale", "pending", "synced"] as const;

/** `pods` and what is answered are of one namespace, or of all of them. */
export function proxiesOf(
  planes: readonly ControlPlane[],
  pods: readonly MeshPod[],
  namespace: string | undefined,
): readonly Proxy[] {
  const known = new Map<string, { sync: ProxySync; istiods: string[] }>();
  for (const { pod, proxies } of planes) {
    if (proxies instanceof AppError) continue;
    for (const sync of proxies) {
      if (namespace !== undefined && sync.namespace !== namespace) continue;
      const key = `${sync.namespace}/${sync.name}`;
      const before = known.get(key);
      const istiods = [...(before?.istiods ?? []), pod].filter((each, at, all) => all.indexOf(each) === at);
      // After a reconnection an istiod may still hold the connection that is gone: what was sent last counts.
      const newer = before !== undefined && lastSent(before.sync) <= lastSent(sync) ? before.sync : sync;
      known.set(key, { sync: newer, istiods });
    }
  }
  const asked = planes.every(({ proxies }) => !(proxies instanceof AppError));
  const byName = new Map(pods.filter(({ proxy }) => proxy).map((pod) => [podName(pod), pod]));
  const connected = [...known].map(([pod, { sync, istiods }]) => toProxy(pod, byName.get(pod), sync, istiods));
  const others = [...byName]
    .filter(([pod, { running }]) => running && !known.has(pod))
    .map(([pod, meshPod]): Proxy => {
      const workload = sayWorkload(workloadOf(meshPod));
      return { pod, workload, state: asked ? "unconnected" : "unknown", istiods: [], resources: [] };
    });
  return [...connected, ...others].toSorted((one, other) => (one.pod < other.pod ? -1 : 1));
}

function toProxy(pod: string, meshPod: MeshPod | undefined, sync: ProxySync, istiods: readonly string[]): Proxy {
  const resources = sync.resources.map((each): ProxyResource => ({ ...each, state: stateOf(each) }));
  return {
    pod,
    ...(meshPod === undefined ? {} : { workload: sayWorkload(workloadOf(meshPod)) }),
    state: gravest.find((state) => resources.some((each) => each.state === state)) ?? "synced",
    istiods,
    ...(sync.version === undefined ? {} : { version: sync.version }),
    resources,
  };
}

function stateOf({ state, ageMs = Number.POSITIVE_INFINITY }: ResourceSync): ProxyResource["state"] {
  if (state === "unacknowledged") return ageMs < patienceMs ? "pending" : "stale";
  return state === "acknowledged" ? "synced" : state;
}

/** Milliseconds ago. */
function lastSent({ resources }: ProxySync): number {
  return Math.min(...resources.map(({ ageMs = Number.POSITIVE_INFINITY }) => ageMs));
}
