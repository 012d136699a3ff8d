import type { Context } from "../../context.ts";
import { nodeId } from "../../core/resource-graph.ts";
import type { StepProgress } from "../../core/run.ts";
import { changesOf, type RegionPlan } from "../../region/region-plan.ts";

type Changes = Pick<RegionPlan, "platform" | "regions">;

/** Announces the planned changes as tasks. */
export function announce(plan: Changes, { emit }: Pick<Context, "emit">): void {
  const several = plan.regions.length > 1;
  const tasks = changesOf(plan)
    .filter(({ action }) => action !== "none")
    .map(({ region, step, title }) => ({
      id: nodeId(region, step),
      title: several ? `${region ?? "platform"}: ${title}` : title,
    }));
  if (tasks.length > 0) emit({ type: "tasks", tasks });
}

/** Reports progress only for planned changes. */
export function reporter(plan: Changes, { emit }: Pick<Context, "emit">): (progress: StepProgress) => void {
  const shown = new Set(
    changesOf(plan).flatMap(({ action, region, step }) => (action === "none" ? [] : [nodeId(region, step)])),
  );
  return ({ region, step, ...progress }) => {
    const id = nodeId(region, step);
    if (shown.has(id)) emit({ type: "task", id, ...progress });
  };
}
