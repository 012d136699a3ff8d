import * as z from "zod";
import { drifted, isPartOf } from "../core/apply.ts";
import { AppError } from "../core/error.ts";
import { apiVersion } from "../core/outcome.ts";
import { isPending } from "../core/plan.ts";
import type { RegionPlan, RegionPlanEntry } from "./region-plan.ts";

const changeSchema = z.object({
  step: z.string(),
  title: z.string(),
  scope: z.enum(["global", "region"]),
  action: z.enum(["create", "update", "none", "blocked", "deferred"]),
  summary: z.string(),
  details: z.array(z.string()),
});

const planSchema = z.object({
  apiVersion: z.literal(apiVersion),
  kind: z.literal("RegionPlan"),
  regions: z.array(
    z.object({
      name: z.string(),
      awsRegion: z.string(),
      accountId: z.string(),
      spec: z.string(),
      seen: z.string(),
      changes: z.array(changeSchema),
    }),
  ),
});

/** Reads what `region plan --out` wrote; `shownAs` is the file's name in messages. Throws PLAN_INVALID. */
export function parsePlan(text: string, shownAs: string): RegionPlan {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(shownAs, "it is not JSON", error);
  }
  const result = planSchema.safeParse(value);
  if (result.success) return { kind: "RegionPlan", regions: result.data.regions, findings: [] };
  const [issue] = result.error.issues;
  throw invalid(shownAs, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "unknown form"}`, result.error);
}

/**
 * Refuses a stored plan that was made for another gennet.yaml (PLAN_SPEC_CHANGED) or another world (PLAN_DRIFTED).
 * What it would do may be done already: an earlier, interrupted run did it.
 */
export function assertCurrent(stored: RegionPlanEntry, now: RegionPlanEntry): void {
  if (stored.spec !== now.spec) {
    throw new AppError("PLAN_SPEC_CHANGED", `gennet.yaml was changed since the plan of region ${now.name} was made.`, {
      next: [`gennet region plan ${now.name} --out FILE  # makes a new one`],
    });
  }
  const planned = new Map(stored.changes.map((change) => [change.step, change]));
  for (const change of now.changes.filter(isPending)) {
    const before = planned.get(change.step);
    if (before !== undefined && isPartOf(before, change)) continue;
    throw drifted(`Region ${now.name}, ${change.title}`, before, change);
  }
}

function invalid(shownAs: string, problem: string, cause: unknown): AppError {
  return new AppError("PLAN_INVALID", `${shownAs} is no plan of gennet region plan: ${problem}.`, {
    next: ["gennet region plan --out FILE  # writes one"],
    cause,
  });
}
