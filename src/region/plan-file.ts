import * as z from "zod";
import { drifted, isPartOf } from "../core/drift.ts";
import { AppError } from "../core/error.ts";
import { apiVersion } from "../core/outcome.ts";
import type { Operation } from "../core/operation.ts";
import { isPending } from "../core/due.ts";
import { described, planVersion, type RegionChange, type RegionPlan, type RegionPlanEntry } from "./region-plan.ts";

const value = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);
const verbs = ["create", "update", "replace", "delete", "adopt", "wait"] as const;

const operationSchema = z.object({
  verb: z.enum(verbs),
  target: z.string(),
  fields: z.record(z.string(), value).optional(),
  field: z.string().optional(),
  before: value.optional(),
  after: value.optional(),
});

const changeSchema = z.object({
  step: z.string(),
  title: z.string(),
  operations: z.array(operationSchema),
  obstacle: z.object({ kind: z.enum(["blocked", "deferred"]), reason: z.string() }).optional(),
});

const planSchema = z.object({
  apiVersion: z.literal(apiVersion),
  kind: z.literal("RegionPlan"),
  planVersion: z.literal(planVersion, { error: "it was written by another version of gennet" }),
  regions: z.array(
    z.object({
      name: z.string(),
      awsRegion: z.string(),
      accountId: z.string(),
      spec: z.string(),
      changes: z.array(changeSchema),
    }),
  ),
});

/** Parses a file written by `region plan --out`; `shownAs` is the file's name in messages. Throws PLAN_INVALID. */
export function parsePlan(text: string, shownAs: string): RegionPlan {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw invalid(shownAs, "it is not JSON", error);
  }
  const result = planSchema.safeParse(parsed);
  if (result.success) {
    const regions = result.data.regions.map((region) => ({ ...region, changes: region.changes.map(toChange) }));
    return { kind: "RegionPlan", planVersion, regions, findings: [] };
  }
  const [issue] = result.error.issues;
  throw invalid(shownAs, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "unknown format"}`, result.error);
}

/**
 * Throws PLAN_SPEC_CHANGED if gennet.yaml has changed since the plan was stored, and PLAN_DRIFTED if the platform has.
 * Operations that an earlier, interrupted run of the plan already performed are no drift.
 */
export function assertNotStale(stored: RegionPlanEntry, now: RegionPlanEntry): void {
  if (stored.spec !== now.spec) {
    throw new AppError("PLAN_SPEC_CHANGED", `gennet.yaml has changed since the plan of region ${now.name} was made.`, {
      next: [`gennet region plan ${now.name} --out FILE  # writes a new plan`],
    });
  }
  const planned = new Map(stored.changes.map((change) => [change.step, change]));
  for (const change of now.changes.filter(isPending)) {
    const before = planned.get(change.step);
    if (before !== undefined && isPartOf(before, change)) continue;
    throw drifted(`Region ${now.name}, ${change.title}`, before, change);
  }
}

function toChange({ obstacle, operations, ...change }: z.infer<typeof changeSchema>): RegionChange {
  const given = operations.map((each) => withoutUndefined(each));
  return described({ ...change, operations: given, ...(obstacle === undefined ? {} : { obstacle }) });
}

function withoutUndefined({ fields, field, before, after, ...own }: z.infer<typeof operationSchema>): Operation {
  return {
    ...own,
    ...(fields === undefined ? {} : { fields }),
    ...(field === undefined ? {} : { field }),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}

function invalid(shownAs: string, problem: string, cause: unknown): AppError {
  return new AppError("PLAN_INVALID", `${shownAs} is not a plan of gennet region plan: ${problem}.`, {
    next: ["gennet region plan --out FILE  # writes a plan"],
    cause,
  });
}
