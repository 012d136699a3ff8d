import type { Finding } from "../core/finding.ts";
import type { RegionGlance } from "./glance.ts";

/** The result of `gennet status`. */
export interface StatusReport {
  readonly kind: "StatusReport";
  /** The name in gennet.yaml; absent if only contexts were checked. */
  readonly platform?: string;
  /** RFC 3339, UTC. */
  readonly generatedAt: string;
  readonly regions: readonly RegionGlance[];
  readonly findings: readonly Finding[];
}
