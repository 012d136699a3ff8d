import type { Finding } from "../../core/finding.ts";
import type { Examined, PlaceName } from "../examine.ts";
import { isReachable } from "../glance.ts";
import { silentIn } from "./breaker-check.ts";
import type { Edge } from "./edges.ts";
import type { EjectedPod } from "./ejected-pods.ts";

/** The result of `gennet breakers`. */
export interface BreakersReport {
  readonly kind: "BreakersReport";
  /** The name in gennet.yaml; absent if only contexts were checked. */
  readonly platform?: string;
  /** RFC 3339, UTC. */
  readonly generatedAt: string;
  readonly regions: readonly BreakersRegion[];
  readonly findings: readonly Finding[];
}

/** What could not be read, or was skipped, is absent. */
export interface BreakersRegion extends PlaceName {
  /** Whether the API server answered. */
  readonly reachable?: boolean | undefined;
  /** Callers' proxies that answered, of those that run. */
  readonly proxies?: { readonly answered: number; readonly total: number } | undefined;
  /** Calls by caller and callee. */
  readonly edges?: readonly Edge[] | undefined;
  /** The same from the other side: each ejected pod with its callers. */
  readonly ejected?: readonly EjectedPod[] | undefined;
  /** Milliseconds. */
  readonly durationMs: number;
}

export function breakersRegion({ place, health, findings, durationMs }: Examined): BreakersRegion {
  const { callers, edges, ejected } = health.breakers;
  const all = callers.seen;
  return {
    ...place,
    reachable: isReachable(findings),
    proxies: all && { answered: all.length - silentIn(all).length, total: all.length },
    edges: edges.seen,
    ejected: ejected.seen,
    durationMs,
  };
}
