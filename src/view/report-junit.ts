import { numbered, type Reported, whereOf } from "./report.ts";
import { oneLine } from "../core/visible.ts";

/** Writes JUnit XML: a suite for every rule. A rule without findings is a passed test. */
export function junit({ findings, rules }: Reported): string {
  const suites = rules.map(({ id, title }) => {
    const own = findings.filter((finding) => finding.id === id);
    // Of several cases with the same class and name, GitLab keeps one, so a pass could replace a failure.
    const names = numbered(own.map((finding) => oneLine(`${whereOf(finding)} ${finding.subject}`.trim())));
    const cases = own.length === 0 ? [passed(id, title)] : own.map((finding, at) => testCase(finding, names[at] ?? ""));
    const count = (...severities: readonly string[]): number =>
      own.filter(({ severity }) => severities.includes(severity)).length;
    const numbers = `tests="${cases.length}" failures="${count("fail")}" errors="${count("unknown")}" skipped="${count("skip", "warn")}"`;
    return `  <testsuite name="${escaped(id)}" ${numbers}>\n${cases.join("\n")}\n  </testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="gennet">\n${suites.join("\n")}\n</testsuites>\n`;
}

function passed(id: string, title: string): string {
  return `    <testcase classname="${escaped(id)}" name="${escaped(title)}"/>`;
}

/** Warnings do not fail a build, but are not passes either: they are skipped tests with a message. */
function testCase(finding: Reported["findings"][number], name: string): string {
  const { id, severity, summary, fix = "" } = finding;
  const where = whereOf(finding);
  const open = `    <testcase classname="${escaped(id)}" name="${escaped(name)}"`;
  if (severity === "ok") return `${open}/>`;
  const message = escaped(summary);
  const body =
    severity === "fail"
      ? `<failure message="${message}">${escaped(where)}\n${escaped(fix)}</failure>`
      : severity === "unknown"
        ? `<error message="${message}">${escaped(where)}</error>`
        : `<skipped message="${message}"/>`;
  return `${open}>${body}</testcase>`;
}

/**
 * XML 1.0 cannot escape control characters, unpaired surrogates, U+FFFE and U+FFFF:
 * https://www.w3.org/TR/xml/#charsets.
 */
function escaped(text: string): string {
  return oneLine(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
