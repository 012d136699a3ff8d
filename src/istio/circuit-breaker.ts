import { parseGoDuration } from "../core/duration.ts";
import { field, fields, isFields } from "../core/fields.ts";

/** A number of a rule: undefined where nothing is written, `"unknown"` for what is filled in later (`${LIMIT}`). */
export type RuleNumber = number | undefined | "unknown";

/** What a connectionPool limits. `undefined` where it does not. */
export interface PoolLimits {
  readonly connections: RuleNumber;
  readonly pending: RuleNumber;
  readonly requests: RuleNumber;
}

/**
 * The largest number that fits the field, and what people write for "none". istiod's own default is 2^32-1.
 */
const unlimited = 2_147_483_647;

/**
 * Returns the limits that istiod takes from a connectionPool: only those greater than 0.
 * Source: istio pilot/pkg/networking/core/cluster_traffic_policy.go, applyConnectionPool.
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

/** What an outlierDetection does with a pod that fails. */
export interface EjectionPolicy {
  /** Whether it ejects at all; undefined where a value is filled in later. */
  readonly ejects: boolean | undefined;
  /** Errors in a row after which a pod is ejected; undefined where they eject nothing. */
  readonly consecutive5xx: number | undefined;
  readonly consecutiveGateway: number | undefined;
  /** Milliseconds between two looks at all hosts: an ejected pod comes back at one of these. */
  readonly intervalMs: number;
  /** Milliseconds a pod is out the first time. */
  readonly baseEjectionMs: number;
  /** Percent of the hosts that may be ejected at once. */
  readonly maxEjectionPercent: number;
  /** Below this share of healthy hosts Envoy calls all of them, ejected ones too ("panic"); 0: never. */
  readonly minHealthPercent: number;
}

/** Envoy's, where istiod passes nothing on. https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/cluster/v3/outlier_detection.proto */
const defaults = { consecutive5xx: 5, intervalMs: 10_000, baseEjectionMs: 30_000, maxEjectionPercent: 10 };

/**
 * Returns what an outlierDetection comes to: 0 switches a kind of error off, what is missing has Envoy's default, gateway
 * errors count only where they are given, and connections that fail count by themselves only if they are split off.
 * Undefined where there is none.
 * Source: istio pilot/pkg/networking/core/cluster_traffic_policy.go, applyOutlierDetection.
 */
export function ejectionOf(outlierDetection: unknown): EjectionPolicy | undefined {
  if (!isFields(outlierDetection)) return undefined;
  const all = settingAt(outlierDetection, "consecutive5xxErrors") ?? defaults.consecutive5xx;
  const gateway = settingAt(outlierDetection, "consecutiveGatewayErrors") ?? 0;
  const isSplit = outlierDetection["splitExternalLocalOriginErrors"] === true;
  const local = isSplit ? (settingAt(outlierDetection, "consecutiveLocalOriginFailures") ?? 0) : undefined;
  const minHealthPercent = settingAt(outlierDetection, "minHealthPercent") ?? 0;
  // With no threshold set, a failed connection has Envoy's, which is 5.
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
    // istiod takes 0 for a value that is not set.
    maxEjectionPercent: typeof maximum === "number" && maximum > 0 ? maximum : defaults.maxEjectionPercent,
    minHealthPercent: minHealthPercent === "unknown" ? 0 : minHealthPercent,
  };
}

/** Returns the names of fields whose values are filled in later. */
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

/** `null` is what is not written: the API server drops it. */
function settingAt(value: unknown, ...path: string[]): RuleNumber {
  const found = field(value, ...path) ?? undefined;
  return found === undefined || typeof found === "number" ? found : "unknown";
}

/** Milliseconds of a duration with units, `1m30s`, `0.5s`; undefined for anything else. */
function durationMs(value: unknown): number | undefined {
  return typeof value === "string" && /^\d.*[a-z]$/.test(value) ? parseGoDuration(value) : undefined;
}
