import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Context } from "../../context.ts";
import { AppError } from "../../core/error.ts";
import { parsePlan } from "../../region/plan-file.ts";
import type { RegionPlan } from "../../region/region-plan.ts";

/** Reads a file written by `region plan --out`. Throws PLAN_INVALID. */
export async function readPlanFile(file: string, { host }: Pick<Context, "host">): Promise<RegionPlan> {
  try {
    return parsePlan(await readFile(resolve(host.cwd, file), "utf8"), file);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const problem = error instanceof Error ? error.message : String(error);
    throw new AppError("PLAN_INVALID", `${file} cannot be read: ${problem}`, { cause: error });
  }
}
