import { shownPlace } from "../core/finding.ts";
import { tally } from "./findings.ts";
import { type Reported, wrongIn } from "./report.ts";
import { oneLine } from "./visible.ts";

/** A table for a pull request's comment or a job's summary. */
export function markdown(reported: Reported): string {
  const wrong = wrongIn(reported);
  if (wrong.length === 0) return "**gennet**: nothing found\n";
  const rows = wrong.map(({ id, severity, subject, summary, fix = "", location, region = "" }) => {
    const where = location === undefined ? region : shownPlace(location);
    return [severity, code(where), prose(subject), prose(summary), prose(fix), code(id)].join(" | ");
  });
  const head = "severity | where | subject | what | what fixes it | rule";
  const lines = [head, "--- | --- | --- | --- | --- | ---", ...rows].map((row) => `| ${row} |`);
  return `**gennet**: ${tally(wrong, (_, text) => text)}\n\n${lines.join("\n")}\n`;
}

/** A cell of text that stays text: a message from a cluster makes no links, images or HTML, and no second line. */
function prose(text: string): string {
  return (
    oneLine(text)
      .replaceAll(/&(?=#?\w+;)/g, "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(/[\\`*[\]|~]/g, "\\$&")
      // Within a word GitHub takes an underscore as it is.
      .replaceAll(/(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}])/gu, (run) => run.replaceAll("_", "\\_"))
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
