import type { Check, CheckFinding } from "../../core/check.ts";
import { enumerate } from "../../core/enumerate.ts";
import { bootstrapCommand } from "../bootstrap.ts";
import type { RegionChange } from "../region-plan.ts";
import { clusterVersion } from "../upgrade/cluster-version.ts";

const id = "region/resources";

/** What a plan says of a region, or of what all regions share. */
export interface ComparedPlace {
  /** Undefined for what all regions share. */
  readonly region: string | undefined;
  readonly changes: readonly RegionChange[];
}

export const resourcesCheck: Check<ComparedPlace> = {
  id,
  title: "resources of the region",
  explain:
    "Compares every resource of the region, and what all regions share, with gennet.yaml, as `gennet region plan` does. A missing resource, one that must be replaced and one that reports a failure are failures; one that differs, or is not ready yet, is a warning. `gennet region bootstrap` makes what is missing and undoes what was changed by hand.",
  async run({ region, changes }) {
    const missing = changes.filter(({ action }) => action === "create" || action === "replace");
    // Without a cluster, nothing is wrong with its version.
    const isNothing =
      missing.length > 0 &&
      changes.every(({ action, step }) => action === "create" || action === "deferred" || step === clusterVersion.id);
    const fix = bootstrapCommand(region);
    if (isNothing) {
      const subject = region === undefined ? "what the regions share" : `region ${region}`;
      return [{ id, severity: "fail", subject, summary: "does not exist yet", fix }];
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
    const others = changes.flatMap((change) => differing(change, region));
    if (gone.length + others.length > 0) return [...gone, ...others];
    const settled = changes.filter(({ action }) => action === "none").length;
    return [{ id, severity: "ok", subject: `${settled} resources`, summary: "as in gennet.yaml" }];
  },
};

function differing(
  { step, title, action, summary, details, obstacle }: RegionChange,
  region: string | undefined,
): readonly CheckFinding[] {
  const about = { id, subject: `${title} (${step})`, evidence: { resource: step, action } };
  const plan = region === undefined ? "gennet region plan" : `gennet region plan ${region}`;
  const fix = obstacle?.next?.[0] ?? `${plan}  # shows each difference`;
  // A region that is behind gennet.yaml works.
  if (step === clusterVersion.id && obstacle !== undefined) return [{ ...about, severity: "warn", summary, fix }];
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
