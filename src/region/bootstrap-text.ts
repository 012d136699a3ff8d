import type { TextView, Tone } from "../core/command.ts";
import { formatDuration } from "../core/duration.ts";
import type { Severity } from "../core/finding.ts";
import { type BootstrappedRegion, type RegionBootstrap, resumeCommand } from "./bootstrap.ts";

export const findingMarks: Readonly<Record<Severity, { readonly mark: string; readonly tone: Tone }>> = {
  ok: { mark: "✔", tone: "good" },
  fail: { mark: "✖", tone: "bad" },
  warn: { mark: "!", tone: "warn" },
  unknown: { mark: "?", tone: "unknown" },
  skip: { mark: "·", tone: "dim" },
};

export function bootstrapText({ regions, findings }: RegionBootstrap, { paint }: Pick<TextView, "paint">): string {
  const lines = regions.map((region) => `${paint("strong", region.name)}: ${outcomeOf(region)}`);
  for (const finding of findings) {
    const { mark, tone } = findingMarks[finding.severity];
    const what = finding.id === "region/deferred" ? `deferred ${finding.summary}` : finding.summary;
    lines.push(`  ${paint(tone, mark)} ${finding.region} · ${finding.subject}: ${what}`);
    if (finding.fix !== undefined) lines.push(`    ${paint("strong", "→")} ${finding.fix}`);
  }
  for (const { name, steps } of regions) {
    const isFailed = steps.some(({ outcome }) => outcome === "failed");
    if (isFailed) lines.push(`${paint("strong", "→")} ${resumeCommand(name)}`);
  }
  if (findings.every(({ severity }) => severity === "skip")) {
    lines.push(`${paint("strong", "→")} gennet status  # shows whether everything is healthy`);
  }
  return lines.join("\n");
}

function outcomeOf({ changes, endpoint, durationMs, steps }: BootstrappedRegion): string {
  const undone = (["failed", "blocked", "skipped", "deferred"] as const).flatMap((outcome) => {
    const count = steps.filter((step) => step.outcome === outcome).length;
    return count === 0 ? [] : [`${count} ${outcome}`];
  });
  const nothing = undone.length === 0 ? "nothing to do" : "no changes made";
  const made = changes === 0 ? nothing : `${changes} ${changes === 1 ? "change" : "changes"} made`;
  const where = endpoint === undefined ? "" : `, API server ${endpoint}`;
  return `${[made, ...undone].join(", ")} in ${formatDuration(durationMs)}${where}`;
}
