import type { FileLocation, Severity } from "../core/finding.ts";
import type { Reported, ReportedRule } from "./report.ts";
import { visible } from "./visible.ts";

const levels = {
  fail: "error",
  warn: "warning",
  unknown: "warning",
  ok: "none",
  skip: "note",
} as const satisfies Record<Severity, string>;

/** SARIF 2.1.0 (OASIS): what GitHub code scanning and other platforms read. A waived finding is a suppressed result. */
export function sarif({ findings, rules, version }: Reported): string {
  const log = {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "gennet", semanticVersion: version, rules: rules.map(toRule) } },
        columnKind: "utf16CodeUnits",
        results: findings.map((finding) => toResult(finding, rules)),
      },
    ],
  };
  return `${visible(JSON.stringify(log, null, 2))}\n`;
}

function toRule({ id, title, explain, fix }: ReportedRule): object {
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: explain },
    help: { text: fix === undefined ? explain : `${explain}\n\n${fix}` },
  };
}

function toResult(finding: Reported["findings"][number], rules: readonly ReportedRule[]): object {
  const { id, severity, subject, summary, location, region, waiver } = finding;
  return {
    ruleId: id,
    ruleIndex: rules.findIndex((rule) => rule.id === id),
    // An unknown is neither a pass nor a failure.
    ...(severity === "unknown" ? { kind: "open", level: "none" } : { level: levels[severity] }),
    message: { text: `${subject}: ${summary}` },
    ...(location === undefined ? {} : { locations: [{ physicalLocation: physical(location) }] }),
    partialFingerprints: { "gennet/v1": `${id} ${location?.file ?? region} ${subject}` },
    ...(waiver === undefined
      ? {}
      : { suppressions: [{ kind: "external", justification: `${waiver.owner}: ${waiver.reason}` }] }),
  };
}

function physical({ file, line, column }: FileLocation): object {
  // Half a character, which a file name may have, is none in a URI.
  const uri = Buffer.from(file).toString().split("/").map(encodeURIComponent).join("/");
  if (line === undefined) return { artifactLocation: { uri } };
  return { artifactLocation: { uri }, region: { startLine: line, startColumn: column } };
}
