import type { TextView, Tone } from "../core/command.ts";
import type { Finding } from "../core/finding.ts";
import { isPreflight } from "./preflight/preflight.ts";
import { preflightLines } from "./preflight/preflight-text.ts";
import type { RegionChange, RegionPlan, RegionPlanEntry } from "./region-plan.ts";

const marks: Readonly<
  Record<RegionChange["action"], { readonly mark: string; readonly tone: Tone; readonly says: string }>
> = {
  create: { mark: "+", tone: "good", says: "to create" },
  update: { mark: "~", tone: "warn", says: "to update" },
  replace: { mark: "±", tone: "warn", says: "to replace" },
  delete: { mark: "-", tone: "bad", says: "to delete" },
  adopt: { mark: "@", tone: "good", says: "to adopt" },
  wait: { mark: "…", tone: "dim", says: "to wait for" },
  blocked: { mark: "!", tone: "bad", says: "blocked" },
  deferred: { mark: "·", tone: "dim", says: "deferred" },
  none: { mark: "=", tone: "dim", says: "up to date" },
};

/** Formats a plan as text. Resources that are up to date are only shown with `wide`. */
export function regionPlanText({ regions, findings }: RegionPlan, view: Pick<TextView, "paint" | "wide">): string {
  const parts = regions.map((region) => [planText(region, view), ...preflightLines(region.name, findings, view)]);
  const unread = findings.filter((finding) => !isPreflight(finding)).map((each) => unplanned(each, view));
  return [...parts.map((lines) => lines.join("\n")), ...unread].join("\n\n");
}

function unplanned({ region, summary, fix }: Finding, { paint }: Pick<TextView, "paint">): string {
  const first = `${paint("unknown", "?")} ${paint("strong", region ?? "")}: no plan: ${summary}`;
  return fix === undefined ? first : `${first}\n  ${paint("strong", "→")} ${fix}`;
}

function planText(region: RegionPlanEntry, { paint, wide }: Pick<TextView, "paint" | "wide">): string {
  const shown = region.changes.filter((change) => wide || change.action !== "none");
  const width = Math.max(0, ...shown.map((change) => change.title.length));
  const heading = `${paint("strong", region.name)} ${paint("dim", `(${region.awsRegion}, account ${region.accountId})`)}`;
  const lines = shown.flatMap((change) => {
    const { mark, tone } = marks[change.action];
    const first = `  ${paint(tone, mark)} ${change.title.padEnd(width)}  ${change.summary}`;
    return [first, ...change.details.map((detail) => `      ${paint("dim", detail)}`)];
  });
  return [`${heading}: ${counts(region.changes)}`, ...lines].join("\n");
}

function counts(changes: readonly RegionChange[]): string {
  const parts = (["create", "adopt", "update", "replace", "delete", "wait", "blocked", "deferred"] as const).flatMap(
    (action) => {
      const count = changes.filter((change) => change.action === action).length;
      return count === 0 ? [] : [`${count} ${marks[action].says}`];
    },
  );
  return parts.length === 0 ? "nothing to do" : parts.join(", ");
}
