import type { Limit, Upstream } from "../../k8s/envoy/port.ts";
import type { MeshPod } from "../../k8s/istio/port.ts";
import { AppError } from "../../core/error.ts";
import { foldAlike } from "../fold-alike.ts";
import { podName, sayWorkload, workloadOf } from "../mesh/mesh-workload.ts";
import type { CallRule, CallRules } from "../mesh/call-rules.ts";
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
  /** Whether hosts that fail are ejected; absent where the rule that says so is not known. */
  readonly outlierDetection?: boolean;
  /** The share of hosts that its rule lets be ejected, where that is less than one of them: it ejects none. */
  readonly belowOneHost?: number;
  /** `DestinationRule shop/stock`, the one that Istio takes by the objects of the cluster; absent where none is known. */
  readonly rule?: string;
  /** Calls of all of these proxies. */
  readonly calls: number;
  /** `hosts`: calls to pods that are gone are not among them, for the counters went with the pods. */
  readonly callsSince: Upstream["callsSince"];
  /** Whether it is spoken to by HTTP, as far as it has been called. */
  readonly http: boolean;
  /** Limits that are reached in a proxy now; absent where a proxy does not export it, and none keeps calls away: not known. */
  readonly open?: readonly OpenLimit[];
  /** Calls and retries refused for a limit since the proxies started, at least; absent where not known. */
  readonly overflows?: number;
  /** How often hosts failed as often as counts, and were ejected, since the proxies started; absent where not known. */
  readonly ejections?: { readonly detected: number; readonly enforced: number };
  /** The callee's hosts as most proxies know them. */
  readonly hosts: number;
  readonly ejected: readonly Ejection[];
  /** The caller's proxies that have ejected every host: their calls have nowhere to go. */
  readonly exhausted: number;
  /** The caller's proxies that call ejected hosts all the same, for fewer are healthy than minHealthPercent. */
  readonly panicking: number;
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
  readonly taken: CallRule | undefined;
}

/** Edges that carry calls, have a breaker, or eject a pod: every proxy knows every service of the mesh. */
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
 * Whether a breaker can keep calls away: it refuses some, or ejects hosts; undefined where that is not known. By HTTP
 * a limit of connections alone refuses none, and a limit of retries is for no call.
 */
export function isGuarded({ limits, outlierDetection, http }: Pick<Edge, "limits" | "outlierDetection" | "http">) {
  const refusing = Object.keys(limits).filter((limit) => limit !== "retries" && (limit !== "connections" || !http));
  return refusing.length > 0 ? true : outlierDetection;
}

/**
 * The open limits that keep calls away. By HTTP, connections that are all taken do not: idle ones count, calls share
 * them, and those that wait for one have their own limit.
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
 * What a proxy has may be switched off by its thresholds, which only the rule tells. Since 1.28 Envoy ejects no host at
 * all where one is more than maxEjectionPercent of them (https://github.com/envoyproxy/envoy/pull/27909).
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
