import type { TextView } from "../core/command.ts";
import { formatDuration } from "../core/duration.ts";
import { findingText, stepsText } from "./bootstrap-text.ts";
import { destroyCommand, type KeptResource, type PlannedDestruction, type RegionDestruction } from "./destroy.ts";
import { regionPlanText } from "./plan-text.ts";
import { resumes } from "../core/resumes.ts";

/** Formats the result of a destruction as text: what was done, what is left, and what AWS keeps on purpose. */
export function destructionText(document: RegionDestruction, { paint }: Pick<TextView, "paint">): string {
  const { region, except, platform, left, kept, findings, durationMs, steps } = document;
  const shared = platform === undefined ? [] : [`${paint("strong", "platform")}: ${stepsText(platform)}`];
  const own = `${paint("strong", region)}: ${stepsText(document)} in ${formatDuration(durationMs)}`;
  const lines = [...shared, own, ...findings.flatMap((finding) => findingText(finding, paint))];
  if (left.length > 0) {
    lines.push("Still there:");
    lines.push(...left.map((each) => `  ${paint("bad", "✖")} ${each.title} (${each.step}): ${each.summary}`));
  }
  lines.push(...keptLines(kept, paint));
  const isUnfinished = left.length > 0 || findings.length > 0;
  if (isUnfinished) return [...lines, `${paint("strong", "→")} ${resumes(destroyCommand(region, except))}`].join("\n");
  const apart = except === undefined ? "" : ", apart from what --except leaves alone";
  const isForeseen = steps.some(({ outcome }) => outcome === "pending");
  return isForeseen ? lines.join("\n") : [...lines, `Nothing of ${region} is left in AWS${apart}.`].join("\n");
}

/** Formats a planned destruction as text: what is deleted, and what AWS will keep. */
export function plannedDestructionText(
  { plan, kept }: PlannedDestruction,
  view: Pick<TextView, "paint" | "wide">,
): string {
  return [regionPlanText(plan, view), ...keptLines(kept, view.paint)].join("\n");
}

function keptLines(kept: readonly Pick<KeptResource, "what">[], paint: TextView["paint"]): readonly string[] {
  if (kept.length === 0) return [];
  return ["Kept on purpose:", ...kept.map(({ what }) => `  ${paint("dim", "·")} ${what}`)];
}
