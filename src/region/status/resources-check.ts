import type { CheckFinding } from "../../core/check.ts";
import { enumerate } from "../../core/enumerate.ts";
import type { RegionChange } from "../region-plan.ts";
import type { RegionStatusCheck } from "./status-context.ts";

const id = "region/resources";

export const resourcesCheck: RegionStatusCheck = {
  id,
  title: "resources of the region",
  explain:
    "Compares every resource of the region with gennet.yaml, as `gennet region plan` does. A missing resource, one that must be replaced and one that reports a failure are failures; one that differs, or is not ready yet, is a warning. `gennet region bootstrap` makes what is missing and undoes what was changed by hand.",
  async run({ world, changes }) {
    const { name } = world.region;
    const missing = changes.filter(({ action }) => action === "create" || action === "replace");
    const isNothing = missing.length > 0 && changes.every(({ action }) => action === "create" || action === "deferred");
    const fix = `gennet region bootstrap ${name}`;
    if (isNothing) {
      return [{ id, severity: "fail", subject: `region ${name}`, summary: "does not exist yet", fix }];
    }
    const gone: CheckFinding[] =
      missing.length === 0
        ? []
        : [
            {
              id,
              severity: "fail",
              subject: enumerate(missing.map(titleOf), "resource"),
              summary: missing.length === 1 ? "is missing" : "are missing",
              fix,
              evidence: { resources: missing.map(({ step }) => step) },
            },
          ];
    const others = changes.flatMap((change) => differing(change, name));
    if (gone.length + others.length > 0) return [...gone, ...others];
    const settled = changes.filter(({ action }) => action === "none").length;
    return [{ id, severity: "ok", subject: `${settled} resources`, summary: "as in gennet.yaml" }];
  },
};

function differing({ step, title, action, summary, details }: RegionChange, region: string): readonly CheckFinding[] {
  const about = { id, subject: `${title} (${step})`, evidence: { resource: step, action } };
  const fix = `gennet region plan ${region}  # shows each difference`;
  if (action === "blocked") return [{ ...about, severity: "fail", summary, fix }];
  if (action === "wait") return [{ ...about, severity: "warn", summary: "is not ready yet" }];
  if (action === "deferred") return [{ ...about, severity: "skip", summary }];
  if (action !== "update" && action !== "adopt" && action !== "delete") return [];
  const differs = details.length === 0 ? summary : details.join("; ");
  const says = action === "update" ? `differs from gennet.yaml: ${differs}` : `to ${action}: ${differs}`;
  return [{ ...about, severity: "warn", summary: says, fix }];
}

function titleOf({ title }: RegionChange): string {
  return title;
}
