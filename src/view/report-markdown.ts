import { tally } from "./findings.ts";
import { type Reported, wrongIn } from "./report.ts";

/** A table for a pull request's comment or a job's summary. */
export function markdown(reported: Reported): string {
  const wrong = wrongIn(reported);
  if (wrong.length === 0) return "**gennet**: nothing found\n";
  const rows = wrong.map(({ id, severity, subject, summary, fix = "", location, region = "" }) => {
    const where = location === undefined ? region : `${location.file}:${location.line}`;
    return [severity, `\`${where}\``, subject, summary, fix, `\`${id}\``].map(cell).join(" | ");
  });
  const head = "severity | where | subject | what | what mends it | rule";
  const lines = [head, "--- | --- | --- | --- | --- | ---", ...rows].map((row) => `| ${row} |`);
  return `**gennet**: ${tally(wrong, (_, text) => text)}\n\n${lines.join("\n")}\n`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ").replaceAll("<", "&lt;");
}
