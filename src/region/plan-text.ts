import type { TextView, Tone } from "../core/command.ts";
import { listed } from "../core/enumerate.ts";
import type { Finding } from "../core/finding.ts";
import { commandFor, type LeftOut } from "./platform-graph.ts";
import { isPreflight } from "./preflight/preflight.ts";
import { preflightLines } from "./preflight/preflight-text.ts";
import { changesOf, type RegionChange, type RegionPlan, type RegionPlanEntry } from "./region-plan.ts";

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

/** Formats a plan as text; of several regions, with a total first. Resources that are up to date are only shown with `wide`. */
export function regionPlanText(
  { platform, regions, leftOut, findings }: RegionPlan,
  view: Pick<TextView, "paint" | "wide">,
): string {
  const shared = platform === undefined ? [] : [planText(`platform ${platform.name}`, "", platform, view)];
  const each = regions.map((region) =>
    [
      planText(region.name, ` (${region.awsRegion}, account ${region.accountId})`, region, view),
      ...preflightLines(region.name, findings, view),
    ].join("\n"),
  );
  const all = changesOf({ regions, ...(platform === undefined ? {} : { platform }) });
  const total = regions.length > 1 ? [`${view.paint("strong", `${regions.length} regions`)}: ${counts(all)}`] : [];
  const left = leftOut === undefined ? [] : [leftOutText(leftOut, view)];
  const unread = findings.filter((finding) => !isPreflight(finding)).map((finding) => unplanned(finding, view));
  return [...total, ...shared, ...each, ...left, ...unread].join("\n\n");
}

/** Names what a plan is not about; all of it with `wide`. */
function leftOutText({ only, except, resources }: LeftOut, { paint, wide }: Pick<TextView, "paint" | "wide">): string {
  const names = resources.length === 0 ? "everything else" : listed(resources, wide ? resources.length : 5);
  return paint("dim", `${commandFor("Left out by", { only, except })}, and not compared with gennet.yaml: ${names}`);
}

function unplanned({ region, summary, fix }: Finding, { paint }: Pick<TextView, "paint">): string {
  const first = `${paint("unknown", "?")} ${paint("strong", region ?? "")}: no plan: ${summary}`;
  return fix === undefined ? first : `${first}\n  ${paint("strong", "→")} ${fix}`;
}

/** Formats the changes of a region, or of the platform. */
function planText(
  name: string,
  where: string,
  { changes, given = [] }: Pick<RegionPlanEntry, "changes" | "given">,
  { paint, wide }: Pick<TextView, "paint" | "wide">,
): string {
  // What is wrong with it says more than that it is given.
  const gifts = given.filter(({ step }) => changes.every((each) => each.step !== step || each.action === "none"));
  const isGift = ({ step }: RegionChange): boolean => gifts.some((each) => each.step === step);
  const shown = changes.filter((change) => !isGift(change) && (wide || change.action !== "none"));
  const width = Math.max(0, ...[...shown, ...gifts].map(({ title }) => title.length));
  const heading = `${paint("strong", name)}${paint("dim", where)}`;
  const lines = shown.flatMap((change) => {
    const { mark, tone } = marks[change.action];
    const why = change.why === undefined ? "" : paint("dim", ` (${change.why})`);
    const first = `  ${paint(tone, mark)} ${change.title.padEnd(width)}  ${change.summary}${why}`;
    const next = (change.obstacle?.next ?? []).map((each) => `      ${paint("strong", "→")} ${each}`);
    return [first, ...change.details.map((detail) => `      ${paint("dim", detail)}`), ...next];
  });
  const gives = gifts.map(
    ({ title, what }) => `  ${paint("dim", "=")} ${title.padEnd(width)}  ${what} ${paint("dim", "(given)")}`,
  );
  return [`${heading}: ${counts(changes)}`, ...gives, ...lines].join("\n");
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
