import type { Limit, Upstream } from "../../k8s/envoy/port.ts";
import type { MeshPod } from "../../k8s/istio/port.ts";
import { AppError } from "../../core/error.ts";
import { foldAlike } from "../fold-alike.ts";
import { podName, sayWorkload, workloadOf } from "../mesh/mesh-workload.ts";
import type { Caller } from "./callers.ts";

/** What a workload's proxies know of one service that they call. */
export interface Edge {
  /** `deployment shop/orders` */
  readonly caller: string;
  /** `payments.shop.svc.cluster.local:80`, with `/v1` for a subset. */
  readonly callee: string;
  /** How many of the caller's proxies answered. */
  readonly proxies: number;
  /** How many may be under way at once; empty where nothing is limited: no breaker. */
  readonly limits: Readonly<Partial<Record<Limit, number>>>;
  readonly outlierDetection: boolean;
  /** Calls of all of these proxies since they started. */
  readonly calls: number;
  /** Whether it is spoken to by HTTP, as far as it has been called. */
  readonly http: boolean;
  /** Limits that are reached in a proxy now; absent where a proxy does not export it, and none keeps calls away: not known. */
  readonly open?: readonly OpenLimit[];
  /** Calls and retries refused for a limit since the proxies started, at least; absent where not known. */
  readonly overflows?: number;
  /** The callee's hosts as most proxies know them. */
  readonly hosts: number;
  readonly ejected: readonly Ejection[];
  /** The caller's proxies that have ejected every host: their calls have nowhere to go. */
  readonly exhausted: number;
}

export interface OpenLimit {
  readonly limit: Limit;
  /** The caller's pods in whose proxies it is. */
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
}

/** Edges that carry calls, have a breaker, or eject somebody: every proxy knows every service of the mesh. */
export function edgesOf(callers: readonly Caller[]): readonly Edge[] {
  const views = callers.flatMap(({ pod, upstreams }): View[] =>
    upstreams instanceof AppError ? [] : upstreams.filter(matters).map((upstream) => ({ pod, upstream })),
  );
  return foldAlike(views, ({ pod, upstream }) => `${sayWorkload(workloadOf(pod))} ${sayCallee(upstream)}`)
    .map(toEdge)
    .toSorted((one, other) => (`${one.caller} ${one.callee}` < `${other.caller} ${other.callee}` ? -1 : 1));
}

/** Without a breaker calls are not held up by one. */
export function isGuarded({ limits, outlierDetection }: Pick<Upstream, "limits" | "outlierDetection">): boolean {
  return Object.keys(limits).length > 0 || outlierDetection;
}

/**
 * The open limits that keep calls away. By HTTP, connections that are all taken do not: idle ones count, calls share
 * them, and those that wait for one have a limit of their own.
 */
export function refusing({ open = [], http }: Pick<Edge, "open" | "http">): readonly OpenLimit[] {
  return open.filter(({ limit }) => limit !== "connections" || !http);
}

function matters(upstream: Upstream): boolean {
  return upstream.calls > 0 || upstream.ejected.length > 0 || isGuarded(upstream);
}

function sayCallee({ host, port, subset }: Upstream): string {
  return `${host}:${port}${subset === undefined ? "" : `/${subset}`}`;
}

function toEdge(views: readonly [View, ...View[]]): Edge {
  const [{ pod, upstream }] = views;
  const upstreams = views.map((view) => view.upstream);
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
  const overflows = sum(upstreams.map((each) => each.overflows ?? 0));
  const isCounted = overflows > 0 || upstreams.every((each) => each.overflows !== undefined);
  const open = openLimits(views);
  const http = upstreams.some((each) => each.http);
  const isKnown = upstreams.every((each) => each.open !== undefined) || refusing({ open, http }).length > 0;
  return {
    caller: sayWorkload(workloadOf(pod)),
    callee: sayCallee(upstream),
    proxies: views.length,
    limits: upstream.limits,
    outlierDetection: upstream.outlierDetection,
    calls: sum(upstreams.map(({ calls }) => calls)),
    http,
    ...(isKnown ? { open } : {}),
    ...(isCounted ? { overflows } : {}),
    hosts: Math.max(...upstreams.map(({ hosts }) => hosts)),
    ejected: ejections(views),
    exhausted: upstreams.filter(({ hosts, ejected }) => hosts > 0 && ejected.length >= hosts).length,
  };
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
