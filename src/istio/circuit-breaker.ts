import { parseGoDuration } from "../core/duration.ts";
import { field, fields, isFields } from "../core/fields.ts";

/** A number in a rule: undefined if missing, `"unknown"` if it is a placeholder (`${LIMIT}`). */
export type RuleNumber = number | undefined | "unknown";

/** The limits of a connectionPool; undefined for those it does not set. */
export interface PoolLimits {
  readonly connections: RuleNumber;
  readonly pending: RuleNumber;
  readonly requests: RuleNumber;
}

/** The largest number that fits the field, which users set to mean "no limit". istiod's own default is 2^32-1. */
const unlimited = 2_147_483_647;

/**
 * Returns the limits that istiod reads from a connectionPool: only those greater than 0. Source: istio
 * pilot/pkg/networking/core/cluster_traffic_policy.go, applyConnectionPool.
 */
export function limitsOf(connectionPool: unknown): PoolLimits {
  const limit = (...path: string[]): RuleNumber => {
    const value = settingAt(connectionPool, ...path);
    return typeof value === "number" && (value <= 0 || value >= unlimited) ? undefined : value;
  };
  return {
    connections: limit("tcp", "maxConnections"),
    pending: limit("http", "http1MaxPendingRequests"),
    requests: limit("http", "http2MaxRequests"),
  };
}

/** The effect of an outlierDetection on a failing pod. */
export interface EjectionPolicy {
  /** Whether it ejects at all; undefined if a value is a placeholder. */
  readonly ejects: boolean | undefined;
  /** Consecutive errors after which a pod is ejected; undefined if they do not eject. */
  readonly consecutive5xx: number | undefined;
  readonly consecutiveGateway: number | undefined;
  /** Milliseconds between two sweeps over all hosts, at which ejected pods return. */
  readonly intervalMs: number;
  /** Milliseconds that a pod stays ejected the first time. */
  readonly baseEjectionMs: number;
  /** Maximum percentage of hosts that may be ejected at the same time. */
  readonly maxEjectionPercent: number;
  /**
   * If the percentage of healthy hosts is lower, Envoy calls all of them, including ejected ones ("panic"); 0: never.
   */
  readonly minHealthPercent: number;
}

/**
 * Envoy's defaults, for values that istiod does not set.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/cluster/v3/outlier_detection.proto
 */
const defaults = { consecutive5xx: 5, intervalMs: 10_000, baseEjectionMs: 30_000, maxEjectionPercent: 10 };

/**
 * Returns the effect of an outlierDetection. 0 disables a kind of error, missing values have Envoy's defaults, gateway
 * errors only count if set, and failed connections only count separately if they are split off. Undefined if there is
 * none. Source: istio pilot/pkg/networking/core/cluster_traffic_policy.go, applyOutlierDetection.
 */
export function ejectionOf(outlierDetection: unknown): EjectionPolicy | undefined {
  if (!isFields(outlierDetection)) return undefined;
  const all = settingAt(outlierDetection, "consecutive5xxErrors") ?? defaults.consecutive5xx;
  const gateway = settingAt(outlierDetection, "consecutiveGatewayErrors") ?? 0;
  const isSplit = outlierDetection["splitExternalLocalOriginErrors"] === true;
  const local = isSplit ? (settingAt(outlierDetection, "consecutiveLocalOriginFailures") ?? 0) : undefined;
  const minHealthPercent = settingAt(outlierDetection, "minHealthPercent") ?? 0;
  // Without any threshold, failed connections use Envoy's default, which is 5.
  const counts = [all, gateway, ...(local === undefined ? [] : [local === 0 ? 5 : local])];
  const some = counts.some((count) => isThreshold(count)) && minHealthPercent !== 100;
  const isUnknown = [...counts, minHealthPercent].includes("unknown");
  const maximum = settingAt(outlierDetection, "maxEjectionPercent");
  return {
    ejects: some && minHealthPercent !== "unknown" ? true : isUnknown ? undefined : false,
    consecutive5xx: isThreshold(all) ? all : undefined,
    consecutiveGateway: isThreshold(gateway) ? gateway : undefined,
    intervalMs: durationMs(outlierDetection["interval"]) ?? defaults.intervalMs,
    baseEjectionMs: durationMs(outlierDetection["baseEjectionTime"]) ?? defaults.baseEjectionMs,
    // istiod treats 0 as not set.
    maxEjectionPercent: typeof maximum === "number" && maximum > 0 ? maximum : defaults.maxEjectionPercent,
    minHealthPercent: minHealthPercent === "unknown" ? 0 : minHealthPercent,
  };
}

/** Returns the names of fields whose values are placeholders. */
export function placeholdersIn(block: unknown, prefix = ""): readonly string[] {
  return Object.entries(fields(block)).flatMap(([key, value]) =>
    isFields(value)
      ? placeholdersIn(value, `${prefix}${key}.`)
      : typeof value === "string" && /\$|\{\{|<|^%.+%$|^#\{.+\}|^@.+@$|^__.+__$|^\[\[.+\]\]$/.test(value)
        ? [`${prefix}${key}`]
        : [],
  );
}

function isThreshold(count: RuleNumber): count is number {
  return typeof count === "number" && count > 0 && count < unlimited;
}

/** `null` counts as missing, because the API server drops it. */
function settingAt(value: unknown, ...path: string[]): RuleNumber {
  const found = field(value, ...path) ?? undefined;
  return found === undefined || typeof found === "number" ? found : "unknown";
}

/** Parses a protobuf duration in YAML, `1m30s`, `0.5s`, into milliseconds. */
function durationMs(value: unknown): number | undefined {
  return typeof value === "string" && /^\d.*[a-z]$/.test(value) ? parseGoDuration(value) : undefined;
}
