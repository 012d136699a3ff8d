import { resolve } from "node:path";
import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { fileError } from "../../core/file-error.ts";
import { envelope, type Outcome } from "../../core/outcome.ts";
import { remembered } from "../../core/shared.ts";
import { assertOwnContext } from "../../k8s/own-context.ts";
import type { Cluster } from "../../k8s/port.ts";
import { assertReplaceable, replaceFile } from "../../core/replace-file.ts";
import type { Region } from "../../platform/schema.ts";
import { regionPlanText } from "../../region/plan-text.ts";
import { exitOfPlan, planRegions, type RegionPlan } from "../../region/region-plan.ts";
import type { RegionWorld } from "../../region/world.ts";
import type { RegionPlanInput } from "./plan.ts";

export async function run(input: RegionPlanInput, context: Context): Promise<Outcome<RegionPlan>> {
  const { cwd } = context.host;
  const out = input.out === undefined ? undefined : resolve(cwd, input.out);
  const unwritable = (error: unknown): never => {
    throw fileError("FILE_UNUSABLE", "written", { path: out ?? cwd, shownAs: `The plan ${input.out}` }, error);
  };
  // Fail before spending minutes on AWS requests.
  if (out !== undefined) await assertReplaceable(out).catch(unwritable);
  const worlds = await worldsOf(await context.regions(input.name), context);
  const plan = await planRegions(worlds, context.signal);
  if (out !== undefined) await replaceFile(out, `${JSON.stringify(envelope(plan), null, 2)}\n`).catch(unwritable);
  return { exit: exitOfPlan(plan), document: plan };
}

export function present(plan: RegionPlan, view: TextView): string {
  return regionPlanText(plan, view);
}

export async function worldsOf(regions: readonly Region[], context: Context): Promise<readonly RegionWorld[]> {
  const { name, gitops } = await context.platform();
  const { env, home } = context.host;
  const source = { env, home, requestTimeoutMs: context.options.requestTimeout };
  return Promise.all(
    regions.map(async (region) => {
      const aws = await context.aws(region);
      const connected = remembered<Cluster>();
      const cluster = (): Promise<Cluster> =>
        connected(region.name, async () => {
          await assertOwnContext(region, aws, source, context.signal);
          return context.cluster({ name: region.name, region });
        });
      return { platform: { name, gitops }, region, aws, cluster };
    }),
  );
}
