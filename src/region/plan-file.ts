import * as z from "zod";
import { drifted, isPartOf } from "../core/drift.ts";
import { AppError } from "../core/error.ts";
import { apiVersion } from "../core/outcome.ts";
import type { Operation } from "../core/operation.ts";
import type { ChangeObstacle } from "../core/resource.ts";
import { isPending } from "../core/due.ts";
import { described, type PlatformPlanEntry, planVersion, type RegionChange, type RegionPlan } from "./region-plan.ts";

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
  obstacle: z
    .object({ kind: z.enum(["blocked", "deferred"]), reason: z.string(), next: z.array(z.string()).optional() })
    .optional(),
  removes: z.literal(true).optional(),
  why: z.string().optional(),
});

const planSchema = z.object({
  apiVersion: z.literal(apiVersion),
  kind: z.literal("RegionPlan"),
  planVersion: z.literal(planVersion, { error: "it was written by another version of gennet" }),
  platform: z.object({ name: z.string(), spec: z.string(), changes: z.array(changeSchema) }).optional(),
  regions: z.array(
    z.object({
      name: z.string(),
      awsRegion: z.string(),
      accountId: z.string(),
      spec: z.string(),
      changes: z.array(changeSchema),
    }),
  ),
  leftOut: z
    .object({ only: z.array(z.string()), except: z.array(z.string()), resources: z.array(z.string()) })
    .optional(),
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
    const { platform, regions, leftOut } = result.data;
    return {
      kind: "RegionPlan",
      planVersion,
      ...(platform === undefined ? {} : { platform: { ...platform, changes: platform.changes.map(toChange) } }),
      regions: regions.map((region) => ({ ...region, changes: region.changes.map(toChange) })),
      ...(leftOut === undefined ? {} : { leftOut }),
      findings: [],
    };
  }
  const [issue] = result.error.issues;
  throw invalid(shownAs, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "unknown format"}`, result.error);
}

/**
 * Throws PLAN_SPEC_CHANGED if gennet.yaml has changed since the plan was stored, and PLAN_DRIFTED if the region has, or
 * what the regions share. Operations that an earlier, interrupted run of the plan already performed are no drift.
 */
export function assertNotStale(stored: PlatformPlanEntry, now: PlatformPlanEntry): void {
  const isRegion = "awsRegion" in now;
  const subject = `${isRegion ? "Region" : "Platform"} ${now.name}`;
  if (stored.spec !== now.spec) {
    throw new AppError("PLAN_SPEC_CHANGED", `${subject}: gennet.yaml has changed since the plan was made.`, {
      next: [`gennet region plan${isRegion ? ` ${now.name}` : ""} --out FILE  # writes a new plan`],
    });
  }
  assertPlanned(stored.changes, now.changes, subject);
}

/** Returns the plan as it was stored, for the regions that were read now. Throws like `assertNotStale`. */
export function asStored(stored: RegionPlan, now: RegionPlan): RegionPlan {
  const regions = now.regions.map((each) => {
    const before = stored.regions.find((candidate) => candidate.name === each.name);
    if (before === undefined) throw new Error(`no stored plan for ${each.name}`);
    assertNotStale(before, each);
    return before;
  });
  const { platform } = now;
  if (platform !== undefined) {
    if (stored.platform === undefined) assertPlanned([], platform.changes, `Platform ${platform.name}`);
    else assertNotStale(stored.platform, platform);
  }
  return { ...now, ...(stored.platform === undefined ? {} : { platform: stored.platform }), regions };
}

function assertPlanned(before: readonly RegionChange[], now: readonly RegionChange[], subject: string): void {
  const planned = new Map(before.map((change) => [change.step, change]));
  for (const change of now.filter(isPending)) {
    const own = planned.get(change.step);
    if (own !== undefined && isPartOf(own, change)) continue;
    throw drifted(`${subject}, ${change.title}`, own, change);
  }
}

function toChange({ obstacle, operations, removes, why, ...change }: z.infer<typeof changeSchema>): RegionChange {
  return described({
    ...change,
    operations: operations.map((each) => withoutUndefined(each)),
    ...(obstacle === undefined ? {} : { obstacle: toObstacle(obstacle) }),
    ...(removes === undefined ? {} : { removes }),
    ...(why === undefined ? {} : { why }),
  });
}

function toObstacle({ next, ...own }: NonNullable<z.infer<typeof changeSchema>["obstacle"]>): ChangeObstacle {
  return next === undefined ? own : { ...own, next };
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
