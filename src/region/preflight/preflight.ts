import { isPending } from "../../core/due.ts";
import { AppError } from "../../core/error.ts";
import { type Finding, withoutDuration } from "../../core/finding.ts";
import { runChecks } from "../../core/run-checks.ts";
import type { RegionWorld } from "../world.ts";
import { preflightChecks } from "./index.ts";
import type { PlannedRegion } from "./preflight-context.ts";

/**
 * Asks AWS whether it can make what the plan creates, before anything is made. Changes nothing. A region without changes
 * is not asked.
 */
export async function preflight(
  worlds: readonly RegionWorld[],
  planned: readonly (Pick<PlannedRegion, "changes"> & { readonly name: string })[],
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  // The plan already says that the time is up.
  if (signal.aborted) return [];
  const regions = worlds.map((world): PlannedRegion => {
    return { world, changes: planned.find(({ name }) => name === world.region.name)?.changes ?? [] };
  });
  const changed = regions.filter(({ changes }) => changes.some(isPending));
  const found = await Promise.all(
    changed.map((region) => {
      const context = { ...region, others: regions.filter((other) => other !== region) };
      // A plan is the same every time, so its findings do not contain how long a check took.
      return runChecks(preflightChecks, { context, region: region.world.region.name, now: () => 0, signal });
    }),
  );
  return found.flat().map(withoutDuration);
}

/** Throws REGION_PREFLIGHT_FAILED if AWS cannot make what the plan creates: nothing has been made so far. */
export function assertFeasible({ findings }: { readonly findings: readonly Finding[] }): void {
  const failed = findings.filter((finding) => isPreflight(finding) && finding.severity === "fail");
  if (failed.length === 0) return;
  const lines = failed.map(({ region, subject, summary }) => `${region}: ${subject}: ${summary}`);
  const next = [...new Set(failed.flatMap(({ fix }) => fix ?? []))];
  throw new AppError("REGION_PREFLIGHT_FAILED", `No changes made. ${lines.join("\n")}`, { next });
}

export function isPreflight({ id }: Pick<Finding, "id">): boolean {
  return preflightChecks.some((check) => check.id === id);
}
