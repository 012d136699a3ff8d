import type { Limit, Upstream } from "../../k8s/envoy/port.ts";
import type { MeshPod } from "../../k8s/istio/port.ts";
import { AppError } from "../../core/error.ts";
import { foldAlike } from "../fold-alike.ts";
import { podName, sayWorkload, workloadOf } from "../mesh/mesh-workload.ts";
import type { CallRule, CallRules } from "../mesh/call-rules.ts";
import type { Caller } from "./callers.ts";

/** What the proxies of a workload know about a service that they call. */
export interface Edge {
  /** `deployment shop/orders` */
  readonly caller: string;
  /** `payments.shop.svc.cluster.local:80`, with `/v1` for a subset. */
  readonly callee: string;
  /** How many of the caller's proxies answered. */
  readonly proxies: number;
  /**
   * How many are allowed at the same time, for each limit; empty if nothing is limited, so that there is no breaker.
   */
  readonly limits: Readonly<Partial<Record<Limit, number>>>;
  /** Whether failing hosts are ejected; absent if the rule that determines it is unknown. */
  readonly outlierDetection?: boolean;
  /** The maxEjectionPercent of its rule if it is less than one host, so that no host is ejected. */
  readonly belowOneHost?: number;
  /**
   * `DestinationRule shop/stock`: the one that Istio uses, according to the objects in the cluster; absent if unknown.
   */
  readonly rule?: string;
  /** The number of calls of all these proxies. */
  readonly calls: number;
  /** `hosts`: without calls to pods that no longer exist, because the counters disappear with the pods. */
  readonly callsSince: Upstream["callsSince"];
  /** Whether calls so far used HTTP. */
  readonly http: boolean;
  /**
   * Limits that are reached in a proxy now. Absent if that is unknown: a proxy does not export it, and no known limit
   * refuses calls.
   */
  readonly open?: readonly OpenLimit[];
  /** Calls and retries refused because of a limit since the proxies started, at least; absent if unknown. */
  readonly overflows?: number;
  /**
   * How often hosts reached the threshold of failures, and were ejected, since the proxies started; absent if unknown.
   */
  readonly ejections?: { readonly detected: number; readonly enforced: number };
  /** The largest number of hosts of the callee that a proxy knows. */
  readonly hosts: number;
  readonly ejected: readonly Ejection[];
  /** The number of the caller's proxies that have ejected every host: their calls fail. */
  readonly exhausted: number;
  /**
   * The number of the caller's proxies that call ejected hosts anyway, because fewer are healthy than minHealthPercent.
   */
  readonly panicking: number;
}

export interface OpenLimit {
  readonly limit: Limit;
  /** The caller's pods whose proxies have reached it. */
  readonly pods: readonly string[];
}

export interface Ejection {
  readonly address: string;
  /** The caller's pods whose proxies have ejected it. */
  readonly by: readonly string[];
}

interface View {
  readonly pod: MeshPod;
  readonly upstream: Upstream;
  readonly taken: CallRule | undefined;
}

/**
 * Returns the edges that carry calls, have a breaker, or eject a pod. Others are left out, because every proxy knows
 * every service of the mesh.
 */
export function edgesOf(callers: readonly Caller[], rules: CallRules | undefined): readonly Edge[] {
  const views = callers.flatMap(({ pod, upstreams }): View[] =>
    upstreams instanceof AppError
      ? []
      : upstreams.filter(matters).map((upstream) => ({ pod, upstream, taken: rules?.(pod, upstream) })),
  );
  return foldAlike(views, ({ pod, upstream }) => `${sayWorkload(workloadOf(pod))} ${sayCallee(upstream)}`)
    .map(toEdge)
    .toSorted((one, other) => (`${one.caller} ${one.callee}` < `${other.caller} ${other.callee}` ? -1 : 1));
}

/**
 * Returns whether a breaker can protect the callee, by refusing calls or ejecting hosts; undefined if unknown. With
 * HTTP, a limit of connections alone refuses no calls, and a limit of retries only applies to retries.
 */
export function isGuarded({ limits, outlierDetection, http }: Pick<Edge, "limits" | "outlierDetection" | "http">) {
  const refusing = Object.keys(limits).filter((limit) => limit !== "retries" && (limit !== "connections" || !http));
  return refusing.length > 0 ? true : outlierDetection;
}

/**
 * Returns the open limits that refuse calls. With HTTP, a reached limit of connections does not: idle ones count, calls
 * share connections, and those that wait for one have their own limit.
 */
export function refusing({ open = [], http }: Pick<Edge, "open" | "http">): readonly OpenLimit[] {
  return open.filter(({ limit }) => limit !== "connections" || !http);
}

function matters({ calls, ejected, limits, outlierDetection }: Upstream): boolean {
  return calls > 0 || ejected.length > 0 || Object.keys(limits).length > 0 || outlierDetection;
}

export function sayCallee({ host, port, subset }: Upstream): string {
  return `${host}:${port}${subset === undefined ? "" : `/${subset}`}`;
}

function toEdge(views: readonly [View, ...View[]]): Edge {
  const [{ pod, upstream, taken }] = views;
  const upstreams = views.map((view) => view.upstream);
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
  const overflows = sum(upstreams.map((each) => each.overflows ?? 0));
  const isCounted = overflows > 0 || upstreams.every((each) => each.overflows !== undefined);
  const open = openLimits(views);
  const hosts = Math.max(...upstreams.map((each) => each.hosts));
  const http = upstreams.some((each) => each.http);
  const isKnown = upstreams.every((each) => each.open !== undefined) || refusing({ open, http }).length > 0;
  return {
    caller: sayWorkload(workloadOf(pod)),
    callee: sayCallee(upstream),
    proxies: views.length,
    limits: upstream.limits,
    ...ejectsOf(upstream, taken, hosts),
    ...(taken?.rule === undefined ? {} : { rule: taken.rule }),
    calls: sum(upstreams.map(({ calls }) => calls)),
    callsSince: upstreams.every(({ callsSince }) => callsSince === "proxy") ? "proxy" : "hosts",
    http,
    ...(isKnown ? { open } : {}),
    ...(isCounted ? { overflows } : {}),
    ...ejectionsOf(upstreams),
    hosts,
    ejected: ejections(views),
    exhausted: views.filter((view) => isExhausted(view) && !isPanicking(view)).length,
    panicking: views.filter(isPanicking).length,
  };
}

/**
 * Returns whether hosts are ejected. The thresholds may switch off the outlier detection of a proxy, which only the
 * rule shows. Since Envoy 1.28, no host is ejected if a single one is more than maxEjectionPercent of them
 * (https://github.com/envoyproxy/envoy/pull/27909).
 */
function ejectsOf(
  { outlierDetection }: Upstream,
  taken: CallRule | undefined,
  hosts: number,
): Pick<Edge, "outlierDetection" | "belowOneHost"> {
  if (!outlierDetection) return { outlierDetection };
  const { ejects, maxEjectionPercent = 100 } = taken?.ejection ?? {};
  if (ejects === undefined) return {};
  if (!ejects || hosts === 0 || 100 / hosts <= maxEjectionPercent) return { outlierDetection: ejects };
  return { outlierDetection: false, belowOneHost: maxEjectionPercent };
}

function ejectionsOf(upstreams: readonly Upstream[]): Pick<Edge, "ejections"> {
  const known = upstreams.flatMap(({ ejections }) => ejections ?? []);
  if (known.length < upstreams.length) return {};
  const sum = (key: "detected" | "enforced"): number => known.reduce((total, each) => total + each[key], 0);
  return { ejections: { detected: sum("detected"), enforced: sum("enforced") } };
}

function isExhausted({ upstream: { hosts, ejected } }: View): boolean {
  return hosts > 0 && ejected.length >= hosts;
}

/** https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/panic_threshold */
function isPanicking({ upstream: { hosts, ejected }, taken }: View): boolean {
  const least = taken?.ejection?.minHealthPercent ?? 0;
  return ejected.length > 0 && (100 * (hosts - ejected.length)) / hosts < least;
}

function openLimits(views: readonly View[]): readonly OpenLimit[] {
  const open = views.flatMap(({ pod, upstream }) =>
    (upstream.open ?? []).map((limit) => ({ limit, pod: podName(pod) })),
  );
  return foldAlike(open, ({ limit }) => limit).map((alike) => ({
    limit: alike[0].limit,
    pods: alike.map(({ pod }) => pod),
  }));
}

function ejections(views: readonly View[]): readonly Ejection[] {
  const all = views.flatMap(({ pod, upstream }) => upstream.ejected.map((address) => ({ address, pod: podName(pod) })));
  return foldAlike(all, ({ address }) => address).map((alike) => ({
    address: alike[0].address,
    by: alike.map(({ pod }) => pod),
  }));
}
