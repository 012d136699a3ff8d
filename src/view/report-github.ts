import type { FileLocation } from "../core/finding.ts";
import { tally } from "./findings.ts";
import { type Reported, wrongIn } from "./report.ts";
import { oneLine } from "../core/visible.ts";

/** GitHub shows this many errors, warnings and notices of a step, and drops the rest. */
const most = 10;

/**
 * Writes workflow commands of GitHub Actions, one per line: annotations on the lines of a pull request, or of the run.
 */
export function githubAnnotations(reported: Reported): string {
  const wrong = wrongIn(reported);
  const errors = wrong.filter(({ severity }) => severity === "fail").length;
  const rest = Math.max(0, errors - most) + Math.max(0, wrong.length - errors - most);
  const all = `${tally(wrong, (_, text) => text)}; GitHub shows ${rest} of them only in the log`;
  return annotations(wrong) + (rest === 0 ? "" : `::notice title=gennet::${escaped(all)}\n`);
}

function annotations(wrong: Reported["findings"]): string {
  return wrong
    .map(({ id, severity, subject, summary, fix, region, location }) => {
      const command = severity === "fail" ? "error" : "warning";
      const place = location && { file: location.file, ...lineOf(location) };
      const title = region === undefined ? id : `${region} ${id}`;
      const properties = Object.entries({ ...place, title })
        .map(([key, value]) => `${key}=${property(String(value))}`)
        .join(",");
      const unknown = severity === "unknown" ? "unknown: " : "";
      return `::${command} ${properties}::${[`${unknown}${subject}: ${summary}`, ...(fix === undefined ? [] : [fix])].map(escaped).join("%0A")}\n`;
    })
    .join("");
}

function lineOf({ line, column }: FileLocation): Readonly<Record<string, number>> {
  return line === undefined ? {} : { line, ...(column === undefined ? {} : { col: column }) };
}

/** Escaped like in GitHub's own toolkit (actions/toolkit, packages/core, command.ts): %0A is the only line feed. */
function escaped(text: string): string {
  return oneLine(text).replaceAll("%", "%25");
}

function property(text: string): string {
  return escaped(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
