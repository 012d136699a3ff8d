import type { Paint, TextView, Tone } from "../core/command.ts";
import { formatDuration } from "../core/duration.ts";
import type { Finding, Severity } from "../core/finding.ts";
import { bootstrapCommand, type BootstrappedRegion, type RegionBootstrap } from "./bootstrap.ts";
import { type BootstrappedPart, resumes } from "./steps.ts";

export const findingMarks: Readonly<Record<Severity, { readonly mark: string; readonly tone: Tone }>> = {
  ok: { mark: "✔", tone: "good" },
  fail: { mark: "✖", tone: "bad" },
  warn: { mark: "!", tone: "warn" },
  unknown: { mark: "?", tone: "unknown" },
  skip: { mark: "·", tone: "dim" },
};

export function bootstrapText(
  { platform, regions, leftOut, findings }: RegionBootstrap,
  { paint }: Pick<TextView, "paint">,
): string {
  const shared = platform === undefined ? [] : [`${paint("strong", "platform")}: ${stepsText(platform)}`];
  const lines = [...shared, ...regions.map((region) => `${paint("strong", region.name)}: ${regionText(region)}`)];
  lines.push(...findings.flatMap((finding) => findingText(finding, paint)));
  const failed = regions.filter(hasFailed).map(({ name }) => name);
  if (platform !== undefined && hasFailed(platform)) {
    lines.push(`${paint("strong", "→")} ${resumes(bootstrapCommand(undefined, leftOut))}`);
  } else {
    lines.push(...failed.map((name) => `${paint("strong", "→")} ${resumes(bootstrapCommand(name, leftOut))}`));
  }
  if (findings.every(({ severity }) => severity === "skip")) {
    lines.push(`${paint("strong", "→")} gennet status  # shows whether everything is healthy`);
  }
  return lines.join("\n");
}

export function findingText({ id, severity, region, subject, summary, fix }: Finding, paint: Paint): readonly string[] {
  const { mark, tone } = findingMarks[severity];
  const what = id === "region/deferred" ? `deferred ${summary}` : summary;
  const first = `  ${paint(tone, mark)} ${region} · ${subject}: ${what}`;
  return fix === undefined ? [first] : [first, `    ${paint("strong", "→")} ${fix}`];
}

function hasFailed({ steps }: BootstrappedPart): boolean {
  return steps.some(({ outcome }) => outcome === "failed");
}

function regionText(region: BootstrappedRegion): string {
  const where = region.endpoint === undefined ? "" : `, API server ${region.endpoint}`;
  return `${stepsText(region)} in ${formatDuration(region.durationMs)}${where}`;
}

export function stepsText({ changes, steps }: BootstrappedPart): string {
  const undone = (["failed", "blocked", "skipped", "deferred"] as const).flatMap((outcome) => {
    const count = steps.filter((step) => step.outcome === outcome).length;
    return count === 0 ? [] : [`${count} ${outcome}`];
  });
  const nothing = undone.length === 0 ? "nothing to do" : "no changes made";
  const made = changes === 0 ? nothing : `${changes} ${changes === 1 ? "change" : "changes"} made`;
  return [made, ...undone].join(", ");
}
