import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import type { Outcome } from "../../core/outcome.ts";
import { regionPlanText } from "../../region/plan-text.ts";
import { exitOfPlan, type RegionPlan } from "../../region/region-plan.ts";
import { readPlanFile } from "./plan-file.run.ts";
import type { RegionShowInput } from "./show.ts";

export async function run({ file }: RegionShowInput, context: Context): Promise<Outcome<RegionPlan>> {
  const plan = await readPlanFile(file, context);
  return { exit: exitOfPlan(plan), document: plan };
}

export function present(plan: RegionPlan, view: TextView): string {
  return regionPlanText(plan, view);
}
