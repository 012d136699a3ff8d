import { resolve } from "node:path";
import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { fileError } from "../../core/file-error.ts";
import { envelope, type Outcome } from "../../core/outcome.ts";
import { assertReplaceable, replaceFile } from "../../core/replace-file.ts";
import { regionPlanText } from "../../region/plan-text.ts";
import { exitOfPlan, planRegions, type RegionPlan } from "../../region/region-plan.ts";
import type { RegionPlanInput } from "./plan.ts";
import { reportState } from "./state-settings.run.ts";
import { worldsOf } from "./worlds.run.ts";

export async function run(input: RegionPlanInput, context: Context): Promise<Outcome<RegionPlan>> {
  const { cwd } = context.host;
  const out = input.out === undefined ? undefined : resolve(cwd, input.out);
  const unwritable = (error: unknown): never => {
    throw fileError("FILE_UNUSABLE", "written", { path: out ?? cwd, shownAs: `The plan ${input.out}` }, error);
  };
  // Fail before spending minutes on AWS requests.
  if (out !== undefined) await assertReplaceable(out).catch(unwritable);
  const chosen = await context.regions(input.name);
  const scope = { regions: chosen.map(({ name }) => name), only: input.only, except: input.except };
  const plan = await planRegions(await worldsOf(context, input.adopt), context.signal, scope);
  await reportState(context);
  if (out !== undefined) await replaceFile(out, `${JSON.stringify(envelope(plan), null, 2)}\n`).catch(unwritable);
  return { exit: exitOfPlan(plan), document: plan };
}

export function present(plan: RegionPlan, view: TextView): string {
  return regionPlanText(plan, view);
}
