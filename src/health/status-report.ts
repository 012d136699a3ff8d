import type { Finding } from "../core/finding.ts";
import type { RegionGlance } from "./glance.ts";

/** What `gennet status` answers. */
export interface StatusReport {
  readonly kind: "StatusReport";
  /** The name in gennet.yaml; absent where only contexts were looked at. */
  readonly platform?: string;
  /** RFC 3339, UTC. */
  readonly generatedAt: string;
  readonly regions: readonly RegionGlance[];
  readonly findings: readonly Finding[];
}
