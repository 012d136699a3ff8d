import type { Paint, TextView, Tone } from "../core/command.ts";
import { formatDuration } from "../core/duration.ts";
import type { Finding, Severity } from "../core/finding.ts";
import { bootstrapCommand, type BootstrappedRegion, type RegionBootstrap } from "./bootstrap.ts";
import type { BootstrappedPart } from "./steps.ts";
import { resumes } from "../core/resumes.ts";

export const findingMarks: Readonly<Record<Severity, { readonly mark: string; readonly tone: Tone }>> = {
  ok: { mark: "✔", tone: "good" },
  fail: { mark: "✖", tone: "bad" },
  warn: { mark: "!", tone: "warn" },
  unknown: { mark: "?", tone: "unknown" },
  skip: { mark: "·", tone: "dim" },
};

export function bootstrapText(
  { platform, regions, leftOut, findings }: RegionBootstrap,
  { paint, wide = false }: Pick<TextView, "paint"> & Partial<Pick<TextView, "wide">>,
): string {
  const shared = platform === undefined ? [] : [`${paint("strong", "platform")}: ${stepsText(platform)}`];
  const lines = [
    ...shared,
    ...regions.flatMap((region) => [
      `${paint("strong", region.name)}: ${regionText(region)}`,
      ...(wide ? shownTo(region, paint) : []),
    ]),
  ];
  lines.push(...eachOnce(findings).flatMap((finding) => findingText(finding, paint)));
  const failed = regions.filter(hasFailed).map(({ name }) => name);
  const resumed = platform !== undefined && hasFailed(platform) ? [undefined] : failed;
  const commands = resumed.map((name) => resumes(bootstrapCommand(name, leftOut)));
  const unsaid = commands.filter((command) => findings.every(({ fix }) => fix !== command));
  lines.push(...unsaid.map((command) => `${paint("strong", "→")} ${command}`));
  if (findings.every(({ severity }) => severity === "skip")) {
    lines.push(`${paint("strong", "→")} gennet status  # shows whether everything is healthy`);
  }
  return lines.join("\n");
}

/** Returns findings in which a next step is only in the last one of those that follow each other and share it. */
function eachOnce(findings: readonly Finding[]): readonly Finding[] {
  return findings.map((finding, at) => {
    const { fix, ...rest } = finding;
    return fix !== undefined && fix === findings[at + 1]?.fix ? rest : finding;
  });
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
  return `${stepsText(region)} in ${formatDuration(region.durationMs)}${where}${gatesText(region)}`;
}

function gatesText({ gates }: BootstrappedRegion): string {
  if (gates === undefined) return "";
  const passed = gates.filter(({ answer }) => answer === "pass").length;
  return passed === gates.length ? `, all ${passed} gates passed` : `, ${passed} of ${gates.length} gates passed`;
}

/** Returns what the gates of a region passed by. */
function shownTo({ gates = [] }: BootstrappedRegion, paint: Paint): readonly string[] {
  const { mark, tone } = findingMarks.ok;
  return gates.flatMap(({ gate, shown = [] }) => shown.map((each) => `  ${paint(tone, mark)} ${gate} · ${each}`));
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
