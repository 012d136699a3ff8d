import { type Finding, shownPlace } from "../core/finding.ts";
import { markdownCode, markdownProse } from "../core/markdown-escape.ts";
import { tally } from "./findings.ts";
import { type Reported, wrongIn } from "./report.ts";
import { oneLine } from "../core/visible.ts";

/** The maximum length of a GitHub comment; a job summary may have 1 MiB. */
const mostCharacters = 65_536;

/** Writes a table for a pull request comment or a job summary. */
export function markdown(reported: Reported): string {
  const wrong = wrongIn(reported);
  if (wrong.length === 0) return `**gennet**: ${wasAsked(reported) ? "nothing found" : "nothing was checked"}\n`;
  const rows = wrong.map(({ id, severity, subject, summary, fix = "", location, region = "" }) => {
    const where = location === undefined ? region : shownPlace(location);
    return [severity, code(where), prose(subject), prose(summary), prose(fix), code(id)].join(" | ");
  });
  const head = "severity | where | subject | problem | fix | rule";
  const lines = [head, "--- | --- | --- | --- | --- | ---", ...rows].map((row) => `| ${row} |\n`);
  const fitting = fittingLines(lines);
  const left = wrong.slice(fitting.length - 2);
  const more = left.length === 0 ? "" : `\nand ${counted(left)} more, which do not fit in a comment\n`;
  return `**gennet**: ${counted(wrong)}\n\n${fitting.join("")}${more}`;
}

function counted(findings: readonly Finding[]): string {
  return tally(findings, (_, text) => text);
}

/**
 * Returns false if every check was skipped, because then nothing was searched for. A waiver refers to something that
 * was found.
 */
function wasAsked({ findings }: Reported): boolean {
  return findings.length === 0 || findings.some(({ severity, waiver }) => severity !== "skip" || waiver !== undefined);
}

/** Returns the first lines that fit, given the text above and below them. */
function fittingLines(lines: readonly string[]): readonly string[] {
  let room = mostCharacters - 200;
  const end = lines.findIndex((line) => {
    room -= line.length;
    return room < 0;
  });
  return end === -1 ? lines : lines.slice(0, Math.max(2, end));
}

/** Escapes the text of a cell: a message from a cluster must not create a second line. */
function prose(text: string): string {
  return markdownProse(oneLine(text));
}

function code(text: string): string {
  return markdownCode(oneLine(text)).replaceAll("|", "\\|");
}
