import type { Check } from "../../core/check.ts";
import type { RegionChange } from "../region-plan.ts";
import type { RegionWorld } from "../world.ts";

/** A region, and what the plan changes there. */
export interface PlannedRegion {
  readonly world: RegionWorld;
  readonly changes: readonly RegionChange[];
}

/** What a check before the first change works with. */
export interface PreflightContext extends PlannedRegion {
  /** The other regions of the plan. */
  readonly others: readonly PlannedRegion[];
}

/** A question about whether AWS can make what the plan creates. Asks nothing about what is not going to be created. */
export type PreflightCheck = Check<PreflightContext>;

/** Returns how many targets of a resource the plan creates; what is blocked is not created. */
export function creationsOf({ changes }: Pick<PlannedRegion, "changes">, { id }: { readonly id: string }): number {
  const possible = changes.filter(({ step, obstacle }) => step === id && obstacle === undefined);
  return possible.flatMap(({ operations }) => operations).filter(({ verb }) => verb === "create").length;
}
