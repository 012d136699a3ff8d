import type { TextView } from "../../core/command.ts";
import { formatDuration } from "../../core/duration.ts";
import { shownPlace, type FileLocation, type Finding } from "../../core/finding.ts";
import { findingText, stepsText } from "../bootstrap-text.ts";
import { regionPlanText } from "../plan-text.ts";
import type { RegionPlan } from "../region-plan.ts";
import type { ChangedVersion } from "./change-version.ts";

/** The result of `gennet region upgrade`. */
export interface RegionUpgrade {
  readonly kind: "RegionUpgrade";
  /** In the order in which they are upgraded. */
  readonly regions: readonly ChangedVersion[];
  /** What could not be done, and why; with --dry-run, what is in the way. */
  readonly findings: readonly Finding[];
}

/** The result of `gennet region rollback`. */
export interface RegionRollback extends ChangedVersion {
  readonly kind: "RegionRollback";
  /** What could not be done, and why; with --dry-run, what is in the way. */
  readonly findings: readonly Finding[];
  /** Where gennet.yaml still asks for another version; absent if it does not. */
  readonly asksForAnother?: FileLocation;
}

/** The steps of an upgrade or a rollback, before they are made. */
export interface VersionPreview {
  readonly plan: RegionPlan;
  readonly findings: readonly Finding[];
}

export function versionPreviewText({ plan, findings }: VersionPreview, view: Pick<TextView, "paint" | "wide">): string {
  const shown = findings.filter(({ severity }) => view.wide || (severity !== "ok" && severity !== "skip"));
  return [regionPlanText(plan, view), ...shown.flatMap((finding) => findingText(finding, view.paint))].join("\n");
}

export function regionUpgradeText({ regions, findings }: RegionUpgrade, { paint }: Pick<TextView, "paint">): string {
  const lines = [
    ...regions.map((region) => changedText(region, paint)),
    ...findings.flatMap((finding) => findingText(finding, paint)),
  ];
  const isDone = findings.every(({ severity }) => severity !== "fail" && severity !== "unknown");
  const isMade = regions.some(({ changes }) => changes > 0);
  if (isDone && isMade) lines.push(`${paint("strong", "→")} gennet status  # shows whether everything is healthy`);
  return lines.join("\n");
}

export function regionRollbackText(document: RegionRollback, { paint }: Pick<TextView, "paint">): string {
  const { findings, asksForAnother: place, region, from, to } = document;
  const lines = [changedText(document, paint), ...findings.flatMap((finding) => findingText(finding, paint))];
  if (place === undefined) return lines.join("\n");
  const asks = `gennet.yaml still asks for another version than ${to}, so a plan shows the upgrade to ${from} again:`;
  lines.push(asks, `${paint("strong", "→")} ${shownPlace(place)}: set the version of region ${region} to ${to}`);
  return lines.join("\n");
}

function changedText(changed: ChangedVersion, paint: TextView["paint"]): string {
  const { region, from, to, durationMs, steps } = changed;
  const name = paint("strong", region);
  if (steps.every(({ outcome }) => outcome === "unchanged")) return `${name}: Kubernetes ${to}, nothing to do`;
  const pending = steps.filter(({ outcome }) => outcome === "pending").length;
  const route = from === to ? `Kubernetes ${to}` : `Kubernetes ${from} → ${to}`;
  if (pending > 0) return `${name}: ${route}, ${pending} ${pending === 1 ? "change" : "changes"} to make`;
  return `${name}: ${route}, ${stepsText(changed)} in ${formatDuration(durationMs)}`;
}
