import type { Paint, TextView, Tone } from "../core/command.ts";
import type { Finding, Severity } from "../core/finding.ts";

const marks: Readonly<Record<Severity, readonly [mark: string, tone: Tone]>> = {
  fail: ["✖", "bad"],
  unknown: ["?", "unknown"],
  warn: ["!", "warn"],
  ok: ["✔", "good"],
  skip: ["-", "dim"],
};

/** A finding as a line, and a second one with what fixes it. */
export function findingLines(finding: Finding, { paint }: TextView): string[] {
  const [mark, tone] = marks[finding.severity];
  const says = `${paint(tone, mark)} ${finding.subject}: ${finding.summary} ${paint("dim", `[${finding.id}]`)}`;
  return finding.fix === undefined || finding.severity === "ok"
    ? [says]
    : [says, `    ${paint("dim", "→")} ${finding.fix}`];
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
