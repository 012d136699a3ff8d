import { ejectionOf, limitsOf } from "../istio/circuit-breaker.ts";
import { formatDuration } from "../core/duration.ts";
import { field, isFields } from "./fields.ts";

/** A problem with a block of a rule. Without a severity, the block has no effect as a breaker. */
export interface Verdict {
  readonly summary: string;
  readonly severity?: "warn" | "unknown";
  readonly fix?: string;
}

/** `missing`: there is no such block; undefined: the block has no problem. */
export type Judged = Verdict | "missing" | undefined;

/** What the tree reveals about the calls that a block applies to. */
export interface GuardedCalls {
  /** True if the calls are certainly not HTTP. */
  readonly isTcp?: boolean;
  /** The maximum number of pods that they may go to; undefined if the tree does not show it. */
  readonly pods?: number | undefined;
}

export type Judge = (block: unknown, calls: GuardedCalls) => Judged;

/** Evaluates a connectionPool by the calls that Envoy would reject. */
export function judgePool(connectionPool: unknown, { isTcp = false }: GuardedCalls): Judged {
  if (!isFields(connectionPool)) return "missing";
  const { connections, pending, requests } = limitsOf(connectionPool);
  const all = [connections, pending, requests];
  if (all.every((limit) => limit === undefined)) return { summary: "its connectionPool limits nothing" };
  if (!all.some((limit) => typeof limit === "number")) {
    return { severity: "unknown", summary: "its connectionPool contains placeholders, so its limits are unknown" };
  }
  if (isTcp || requests !== undefined) return undefined;
  if (pending === undefined) {
    return {
      severity: "warn",
      summary:
        "maxConnections alone never rejects an HTTP call: calls wait for a connection, without a limit on how many",
      fix: "also set http.http1MaxPendingRequests or http.http2MaxRequests",
    };
  }
  if (connections !== undefined) return undefined;
  return {
    severity: "warn",
    summary: "http1MaxPendingRequests alone limits waiting calls, but not connections",
    fix: "also set tcp.maxConnections or http.http2MaxRequests",
  };
}

/** Evaluates an outlierDetection by the pods that it ejects, and whether Envoy stops calling them. */
export function judgeOutlier(outlierDetection: unknown, { pods }: GuardedCalls): Judged {
  const ejection = ejectionOf(outlierDetection);
  if (ejection === undefined) return "missing";
  const { ejects, minHealthPercent, maxEjectionPercent } = ejection;
  if (ejects === undefined) {
    return {
      severity: "unknown",
      summary: "its outlierDetection contains placeholders, so whether it ejects pods is unknown",
    };
  }
  if (!ejects) {
    const panics = minHealthPercent >= 100 ? ": with minHealthPercent 100, Envoy calls ejected pods anyway" : "";
    return { summary: `its outlierDetection has no effect${panics}` };
  }
  const said: Warnings = [
    ...belowOnePod(ejection, pods),
    ...unreachedThreshold(ejection),
    ...lateReturn(ejection),
    ...(minHealthPercent > 0 && 100 - maxEjectionPercent < minHealthPercent
      ? [
          {
            summary: `if fewer than ${minHealthPercent} % of the pods are healthy (minHealthPercent), Envoy calls ejected pods again`,
            fix: "remove minHealthPercent, or lower maxEjectionPercent to match it",
          },
        ]
      : []),
    ...ignored(outlierDetection),
  ];
  const [first] = said;
  if (first === undefined) return undefined;
  return { severity: "warn", summary: said.map(({ summary }) => summary).join("; "), fix: first.fix };
}

type Warnings = readonly { summary: string; fix: string }[];
type Ejection = NonNullable<ReturnType<typeof ejectionOf>>;

/**
 * Since 1.28, Envoy does not eject a host if one host exceeds the percentage:
 * https://github.com/envoyproxy/envoy/pull/27909. With a single pod, there is no other pod to call.
 */
function belowOnePod({ maxEjectionPercent }: Ejection, pods = 0): Warnings {
  if (pods < 2 || 100 / pods <= maxEjectionPercent) return [];
  return [
    {
      summary: `never ejects any of ${pods} pods, because one pod is more than ${maxEjectionPercent} % of them (maxEjectionPercent)`,
      fix: `set maxEjectionPercent: ${Math.ceil(100 / pods)} or more`,
    },
  ];
}

/** Every gateway error also counts as a 5xx error, so the lower threshold applies first. */
function unreachedThreshold({ consecutive5xx, consecutiveGateway }: Ejection): Warnings {
  if (consecutive5xx === undefined || consecutiveGateway === undefined || consecutiveGateway <= consecutive5xx)
    return [];
  return [
    {
      summary: `consecutiveGatewayErrors: ${consecutiveGateway} is never reached: gateway errors count as 5xx, and ${consecutive5xx} consecutive 5xx eject a pod first`,
      fix: "set consecutive5xxErrors: 0 to eject for gateway errors only, or lower consecutiveGatewayErrors",
    },
  ];
}

/** Envoy only returns ejected pods to the rotation in its periodic sweep, once per interval. */
function lateReturn({ intervalMs, baseEjectionMs }: Ejection): Warnings {
  if (intervalMs <= baseEjectionMs) return [];
  const [interval, base] = [intervalMs, baseEjectionMs].map(formatDuration);
  return [
    {
      summary: `ejected pods return only at the end of an interval: interval ${interval} turns baseEjectionTime ${base} into up to ${formatDuration(intervalMs + baseEjectionMs)}`,
      fix: "set interval to less than baseEjectionTime, for example 10s",
    },
  ];
}

function ignored(outlierDetection: unknown): Warnings {
  const has = (key: string): boolean => typeof field(outlierDetection, key) === "number";
  if (!has("consecutiveErrors") || has("consecutive5xxErrors") || has("consecutiveGatewayErrors")) return [];
  return [
    {
      summary:
        "Istio no longer supports consecutiveErrors: pods are ejected after 5 consecutive 5xx errors, the default",
      fix: "use consecutive5xxErrors instead",
    },
  ];
}
