import type { Paint, TextView, Tone } from "../core/command.ts";
import type { Finding, Severity } from "../core/finding.ts";

const marks: Readonly<Record<Severity, readonly [mark: string, tone: Tone]>> = {
  fail: ["✖", "bad"],
  unknown: ["?", "unknown"],
  warn: ["!", "warn"],
  ok: ["✔", "good"],
  skip: ["-", "dim"],
};

/** Most severe first. */
const severities: readonly Severity[] = ["fail", "unknown", "warn", "ok", "skip"];

/** If only some of many findings are shown, failures come before warnings. */
export function bySeverity(one: Pick<Finding, "severity">, other: Pick<Finding, "severity">): number {
  return severities.indexOf(one.severity) - severities.indexOf(other.severity);
}

/** Returns a finding as one line, followed by lines with its fix and its runbook. */
export function findingLines(finding: Finding, { paint }: TextView): string[] {
  const [mark, tone] = marks[finding.severity];
  const says = `${paint(tone, mark)} ${finding.subject}: ${finding.summary} ${paint("dim", `[${finding.id}]`)}`;
  const ways = finding.severity === "ok" ? [] : [finding.fix, finding.runbook];
  return [says, ...ways.flatMap((way) => (way === undefined ? [] : [`    ${paint("dim", "→")} ${way}`]))];
}

/** Returns the closing line of a command. It is never empty, which would look like a clean result. */
export function closing(findings: readonly Finding[], { paint, wide }: TextView): string {
  const counted = tally(findings, paint);
  if (counted !== "") return counted;
  return paint("dim", wide ? "nothing was checked" : "nothing was checked (-o wide shows why)");
}

/** `1 failed, 2 warnings, 3 ok`. */
export function tally(findings: readonly Finding[], paint: Paint): string {
  const words: readonly (readonly [Severity, string, string])[] = [
    ["fail", "failed", "failed"],
    ["unknown", "unknown", "unknown"],
    ["warn", "warning", "warnings"],
    ["ok", "ok", "ok"],
  ];
  return words
    .map(([severity, one, many]) => {
      const count = findings.filter((finding) => finding.severity === severity).length;
      return count === 0 ? "" : paint(marks[severity][1], `${count} ${count === 1 ? one : many}`);
    })
    .filter((part) => part !== "")
    .join(", ");
}
