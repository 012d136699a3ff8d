import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Context } from "../../context.ts";
import { fileError } from "../../core/file-error.ts";
import { parsePlan } from "../../region/plan-file.ts";
import type { RegionPlan } from "../../region/region-plan.ts";

/** Reads a file written by `region plan --out`. Throws PLAN_INVALID, FILE_UNUSABLE. */
export async function readPlanFile(file: string, { host }: Pick<Context, "host">): Promise<RegionPlan> {
  try {
    return parsePlan(await readFile(resolve(host.cwd, file), "utf8"), file);
  } catch (error) {
    throw fileError("FILE_UNUSABLE", "read", { path: resolve(host.cwd, file), shownAs: `The plan ${file}` }, error);
  }
}
