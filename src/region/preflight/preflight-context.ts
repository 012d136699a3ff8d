import type { Check } from "../../core/check.ts";
import type { PlannedChange } from "../../core/plan.ts";
import type { RegionWorld } from "../world.ts";

/** A region, and what the plan changes there. */
export interface PlannedRegion {
  readonly world: RegionWorld;
  readonly changes: readonly Pick<PlannedChange, "step" | "operations" | "obstacle">[];
}

/** What a check before the first change works with. */
export interface PreflightContext extends PlannedRegion {
  /** The other regions of the plan. */
  readonly others: readonly PlannedRegion[];
}

/** A question about whether AWS can make what the plan creates. Asks nothing about what is not going to be created. */
export type PreflightCheck = Check<PreflightContext>;

/** The ids of resources that AWS limits, or that depend on what it offers. */
export const steps = {
  vpc: /^vpc$/,
  internetGateway: /^internet-gateway$/,
  natAddress: /^nat-address/,
  natGateway: /^nat-gateway/,
  cluster: /^cluster$/,
  nodeGroup: /^node-group/,
  peering: /^peering$/,
  role: /-role$/,
  database: /^(postgres|neptune-instances)$/,
  databaseCluster: /^neptune$/,
  cache: /^redis$/,
} as const;

/** Returns how many targets the plan creates in these steps; what is blocked is not created. */
export function creationsOf({ changes }: Pick<PlannedRegion, "changes">, step: RegExp): number {
  const possible = changes.filter((change) => step.test(change.step) && change.obstacle === undefined);
  return possible.flatMap(({ operations }) => operations).filter(({ verb }) => verb === "create").length;
}
