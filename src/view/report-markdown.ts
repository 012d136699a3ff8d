import { type Finding, shownPlace } from "../core/finding.ts";
import { tally } from "./findings.ts";
import { type Reported, wrongIn } from "./report.ts";
import { oneLine } from "./visible.ts";

/** GitHub takes no longer comment; a job's summary may have 1 MiB. */
const mostCharacters = 65_536;

/** A table for a pull request's comment or a job's summary. */
export function markdown(reported: Reported): string {
  const wrong = wrongIn(reported);
  if (wrong.length === 0) return `**gennet**: ${wasAsked(reported) ? "nothing found" : "nothing was looked at"}\n`;
  const rows = wrong.map(({ id, severity, subject, summary, fix = "", location, region = "" }) => {
    const where = location === undefined ? region : shownPlace(location);
    return [severity, code(where), prose(subject), prose(summary), prose(fix), code(id)].join(" | ");
  });
  const head = "severity | where | subject | what | what fixes it | rule";
  const lines = [head, "--- | --- | --- | --- | --- | ---", ...rows].map((row) => `| ${row} |\n`);
  const fitting = fittingLines(lines);
  const left = wrong.slice(fitting.length - 2);
  const more = left.length === 0 ? "" : `\nand ${counted(left)} more, which do not fit a comment\n`;
  return `**gennet**: ${counted(wrong)}\n\n${fitting.join("")}${more}`;
}

function counted(findings: readonly Finding[]): string {
  return tally(findings, (_, text) => text);
}

/** Where every check was skipped nothing was found because nothing was looked for; a waiver is of what was found. */
function wasAsked({ findings }: Reported): boolean {
  return findings.length === 0 || findings.some(({ severity, waiver }) => severity !== "skip" || waiver !== undefined);
}

/** The first lines that fit beside what is above and below them. */
function fittingLines(lines: readonly string[]): readonly string[] {
  let room = mostCharacters - 200;
  const end = lines.findIndex((line) => {
    room -= line.length;
    return room < 0;
  });
  return end === -1 ? lines : lines.slice(0, Math.max(2, end));
}

/** A cell of text that stays text: a message from a cluster makes no links, images, mentions or HTML, and no second line. */
function prose(text: string): string {
  return (
    oneLine(text)
      .replaceAll(/&(?=#?\w+;)/g, "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(/[\\`*[\]|~]/g, "\\$&")
      // Within a word GitHub takes an underscore as it is.
      .replaceAll(/(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}])/gu, (run) => run.replaceAll("_", "\\_"))
      // GitHub has no escape for a mention of people and issues: https://github.com/github/cmark-gfm/issues/389.
      .replaceAll(/@(?=[\p{L}\p{N}])|#(?=\d)/gu, (sign) => `${sign}<!-- -->`)
  );
}

/** A code span in which a backtick of the text cannot end it. */
function code(text: string): string {
  if (text === "") return "";
  const longest = Math.max(0, ...Array.from(text.matchAll(/`+/g), ([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  const pad = longest === 0 ? "" : " ";
  return `${fence}${pad}${oneLine(text).replaceAll("|", "\\|")}${pad}${fence}`;
}
