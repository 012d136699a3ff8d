import type { ControlPlane, MeshPod, ProxySync, ResourceSync } from "../../k8s/istio/port.ts";
import { AppError } from "../../core/error.ts";
import { podName, sayWorkload, workloadOf } from "./mesh-workload.ts";

/**
 * synced: everything that was sent is in use · pending: something was sent a moment ago · starting: it started a moment
 * ago and is not connected yet · stale: the proxy has not acknowledged what was sent · refused: it refuses it (NACK) ·
 * unconnected: no istiod knows it · unknown: an istiod that may know it does not answer.
 */
export type ProxyState = "synced" | "pending" | "starting" | "stale" | "refused" | "unconnected" | "unknown";

/** A proxy, according to all istiods together. */
export interface Proxy {
  /** Its pod: `shop/orders-7d9c-x2x4z`. */
  readonly pod: string;
  /** `deployment shop/orders`; absent if its pod is not in this cluster. */
  readonly workload?: string;
  readonly state: ProxyState;
  /** The istiods it is connected to. */
  readonly istiods: readonly string[];
  /** The proxy's version of Istio. */
  readonly version?: string;
  readonly resources: readonly ProxyResource[];
}

/** unneeded: sent, but the proxy no longer subscribes to the type, and so never acknowledges it. */
export interface ProxyResource extends Omit<ResourceSync, "state" | "neverAcknowledged"> {
  readonly state: "not-sent" | "unneeded" | "synced" | "pending" | "stale" | "refused";
}

/** A proxy with a large configuration may take this long to acknowledge it. */
const patienceMs = 10_000;
/** A container that has just started is not connected yet. */
const startMs = 60_000;
const gravest = ["refused", "stale", "pending", "synced"] as const;

/** The sources for the state of proxies, all of one namespace or of all namespaces. */
export interface ProxySources {
  readonly planes: readonly ControlPlane[];
  readonly pods: readonly MeshPod[];
  /** Pods that are being deleted, `shop/orders-7d9c-x2x4z`: their proxies do not count any more. */
  readonly ending: ReadonlySet<string>;
  readonly namespace: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export function proxiesOf({ planes, pods, ending, namespace, now }: ProxySources): readonly Proxy[] {
  const known = new Map<string, { sync: ProxySync; istiods: string[] }>();
  for (const { pod, proxies } of planes) {
    if (proxies instanceof AppError) continue;
    for (const sync of proxies) {
      if (namespace !== undefined && sync.namespace !== namespace) continue;
      const key = `${sync.namespace}/${sync.name}`;
      if (ending.has(key)) continue;
      const before = known.get(key);
      const istiods = [...(before?.istiods ?? []), pod].filter((each, at, all) => all.indexOf(each) === at);
      // After a reconnect, an istiod may still hold the old connection: what was sent last counts.
      const newer = before !== undefined && lastSent(before.sync) <= lastSent(sync) ? before.sync : sync;
      known.set(key, { sync: newer, istiods });
    }
  }
  const asked = planes.every(({ proxies }) => !(proxies instanceof AppError));
  const byName = new Map(pods.filter(({ proxy }) => proxy !== undefined).map((pod) => [podName(pod), pod]));
  const connected = [...known].map(([pod, { sync, istiods }]) => toProxy(pod, byName.get(pod), sync, istiods));
  const others = [...byName]
    .filter(([pod, { running }]) => running && !known.has(pod))
    .map(([pod, meshPod]): Proxy => {
      const workload = sayWorkload(workloadOf(meshPod));
      const isNew = now - (meshPod.startedAt ?? 0) < startMs;
      // An istiod that does not answer may know the proxy, however new it is.
      const state = !asked ? "unknown" : isNew ? "starting" : "unconnected";
      return { pod, workload, state, istiods: [], resources: [] };
    });
  return [...connected, ...others].toSorted((one, other) => (one.pod < other.pod ? -1 : 1));
}

function toProxy(pod: string, meshPod: MeshPod | undefined, sync: ProxySync, istiods: readonly string[]): Proxy {
  const resources = sync.resources.map((each) => toResource(each, sync.resources));
  return {
    pod,
    ...(meshPod === undefined ? {} : { workload: sayWorkload(workloadOf(meshPod)) }),
    state: gravest.find((state) => resources.some((each) => each.state === state)) ?? "synced",
    istiods,
    ...(sync.version === undefined ? {} : { version: sync.version }),
    resources,
  };
}

function toResource(resource: ResourceSync, all: readonly ResourceSync[]): ProxyResource {
  const { type, ageMs, error } = resource;
  return {
    type,
    state: stateOf(resource, all),
    ...(ageMs === undefined ? {} : { ageMs }),
    ...(error === undefined ? {} : { error }),
  };
}

function stateOf(resource: ResourceSync, all: readonly ResourceSync[]): ProxyResource["state"] {
  const { state, ageMs = Number.POSITIVE_INFINITY } = resource;
  if (state === "acknowledged") return "synced";
  if (state !== "unacknowledged") return state;
  if (ageMs < patienceMs) return "pending";
  return isUnneeded(resource, all) ? "unneeded" : "stale";
}

/**
 * Returns whether a proxy does not need a resource. A stream is read in order: a proxy that has acknowledged something
 * later has read this, too. It acknowledges everything except types that it does not subscribe to, such as routes
 * without HTTP; older istiods still count these (https://github.com/istio/istio/issues/51612).
 */
function isUnneeded({ neverAcknowledged, ageMs }: ResourceSync, all: readonly ResourceSync[]): boolean {
  if (neverAcknowledged !== true || ageMs === undefined) return false;
  return all.some((other) => other.state === "acknowledged" && other.ageMs !== undefined && other.ageMs < ageMs);
}

/** Returns how many milliseconds ago something was last sent. */
function lastSent({ resources }: ProxySync): number {
  return Math.min(...resources.map(({ ageMs = Number.POSITIVE_INFINITY }) => ageMs));
}
