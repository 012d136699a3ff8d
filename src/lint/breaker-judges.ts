import { ejectionOf, limitsOf } from "../istio/circuit-breaker.ts";
import { formatDuration } from "../core/duration.ts";
import { field, isFields } from "./fields.ts";

/** What is wrong with a block of a rule. Without a severity it guards nothing. */
export interface Verdict {
  readonly summary: string;
  readonly severity?: "warn" | "unknown";
  readonly fix?: string;
}

/** `missing`: there is none; undefined: nothing is wrong with it. */
export type Judged = Verdict | "missing" | undefined;

/** What is known of the calls that a block is for. */
export interface GuardedCalls {
  /** They are known to be no HTTP. */
  readonly isTcp?: boolean;
  /** The pods that they may go to, at most; undefined where the tree does not tell. */
  readonly pods?: number | undefined;
}

export type Judge = (block: unknown, calls: GuardedCalls) => Judged;

/** Judges a connectionPool by what Envoy refuses. */
export function judgePool(connectionPool: unknown, { isTcp = false }: GuardedCalls): Judged {
  if (!isFields(connectionPool)) return "missing";
  const { connections, pending, requests } = limitsOf(connectionPool);
  const all = [connections, pending, requests];
  if (all.every((limit) => limit === undefined)) return { summary: "its connectionPool guards nothing" };
  if (!all.some((limit) => typeof limit === "number")) {
    return { severity: "unknown", summary: "its connectionPool limits what is filled in later" };
  }
  if (isTcp || requests !== undefined) return undefined;
  if (pending === undefined) {
    return {
      severity: "warn",
      summary: "maxConnections alone refuses no call by HTTP: calls wait for a connection, and nothing limits how many",
      fix: "set http.http1MaxPendingRequests beside it, or http.http2MaxRequests",
    };
  }
  if (connections !== undefined) return undefined;
  return {
    severity: "warn",
    summary: "http1MaxPendingRequests alone limits calls that wait for a connection, and nothing limits connections",
    fix: "set tcp.maxConnections beside it, or http.http2MaxRequests",
  };
}

/** Judges an outlierDetection by what it ejects, and whether that keeps calls away. */
export function judgeOutlier(outlierDetection: unknown, { pods }: GuardedCalls): Judged {
  const ejection = ejectionOf(outlierDetection);
  if (ejection === undefined) return "missing";
  const { ejects, minHealthPercent, maxEjectionPercent } = ejection;
  if (ejects === undefined) {
    return { severity: "unknown", summary: "whether its outlierDetection ejects is filled in later" };
  }
  if (!ejects) {
    const panics = minHealthPercent >= 100 ? ": with minHealthPercent 100 ejected pods are called all the same" : "";
    return { summary: `its outlierDetection guards nothing${panics}` };
  }
  const said: Warnings = [
    ...belowOnePod(ejection, pods),
    ...unreachedThreshold(ejection),
    ...lateReturn(ejection),
    ...(minHealthPercent > 0 && 100 - maxEjectionPercent < minHealthPercent
      ? [
          {
            summary: `below ${minHealthPercent} % of healthy pods (minHealthPercent) ejected ones are called again`,
            fix: "leave minHealthPercent out, or lower maxEjectionPercent to what it leaves",
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
 * Since 1.28 Envoy ejects no host where one is more than the share: https://github.com/envoyproxy/envoy/pull/27909.
 * Of a single pod there is none to call instead.
 */
function belowOnePod({ maxEjectionPercent }: Ejection, pods = 0): Warnings {
  if (pods < 2 || 100 / pods <= maxEjectionPercent) return [];
  return [
    {
      summary: `ejects none of ${pods} pods: one is more than ${maxEjectionPercent} % of them (maxEjectionPercent)`,
      fix: `set maxEjectionPercent: ${Math.ceil(100 / pods)} or more`,
    },
  ];
}

/** Every gateway error is a 5xx, too: the lower threshold acts first. */
function unreachedThreshold({ consecutive5xx, consecutiveGateway }: Ejection): Warnings {
  if (consecutive5xx === undefined || consecutiveGateway === undefined || consecutiveGateway <= consecutive5xx)
    return [];
  return [
    {
      summary: `consecutiveGatewayErrors: ${consecutiveGateway} is never reached: ${consecutive5xx} consecutive 5xx, which gateway errors count as, eject first`,
      fix: "set consecutive5xxErrors: 0 if only gateway errors are to eject, or a lower consecutiveGatewayErrors",
    },
  ];
}

/** Envoy lets pods back only when it looks at all of them, once an interval. */
function lateReturn({ intervalMs, baseEjectionMs }: Ejection): Warnings {
  if (intervalMs <= baseEjectionMs) return [];
  const [interval, base] = [intervalMs, baseEjectionMs].map(formatDuration);
  return [
    {
      summary: `an ejected pod comes back only at the next interval: interval ${interval} makes up to ${formatDuration(intervalMs + baseEjectionMs)} of baseEjectionTime ${base}`,
      fix: "set an interval below baseEjectionTime, for instance 10s",
    },
  ];
}

function ignored(outlierDetection: unknown): Warnings {
  const has = (key: string): boolean => typeof field(outlierDetection, key) === "number";
  if (!has("consecutiveErrors") || has("consecutive5xxErrors") || has("consecutiveGatewayErrors")) return [];
  return [
    {
      summary: "Istio does not read consecutiveErrors any more: pods are ejected after 5 consecutive 5xx, the default",
      fix: "write consecutive5xxErrors instead",
    },
  ];
}
