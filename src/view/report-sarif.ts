import type { FileLocation, Severity } from "../core/finding.ts";
import { numbered, type Reported, type ReportedRule } from "./report.ts";
import { visible } from "../core/visible.ts";

/**
 * Without a kind, a result is a failure. An unknown result is neither a pass nor a failure; skipped ones are waived
 * here.
 */
const judgements = {
  fail: { level: "error" },
  warn: { level: "warning" },
  unknown: { kind: "open", level: "none" },
  ok: { kind: "pass", level: "none" },
  skip: { level: "note" },
} as const satisfies Record<Severity, object>;

/**
 * Writes SARIF 2.1.0 (OASIS), for GitHub code scanning and other platforms. A waived finding is a suppressed result.
 */
export function sarif({ findings, rules, version }: Reported): string {
  // Code scanning shows only one of several results with the same fingerprint.
  const prints = numbered(
    findings.map(({ id, location, region, subject }) => `${id} ${location?.file ?? region} ${subject}`),
  );
  const log = {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "gennet", semanticVersion: version, rules: rules.map(toRule) } },
        columnKind: "utf16CodeUnits",
        results: findings.map((finding, at) => toResult(finding, prints[at] ?? "", rules)),
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

function toResult(finding: Reported["findings"][number], fingerprint: string, rules: readonly ReportedRule[]): object {
  const { id, severity, subject, summary, location, waiver } = finding;
  return {
    ruleId: id,
    ruleIndex: rules.findIndex((rule) => rule.id === id),
    ...judgements[severity],
    message: { text: `${subject}: ${summary}` },
    ...(location === undefined ? {} : { locations: [{ physicalLocation: physical(location) }] }),
    partialFingerprints: { "gennet/v1": fingerprint },
    ...(waiver === undefined
      ? {}
      : { suppressions: [{ kind: "external", justification: `${waiver.owner}: ${waiver.reason}` }] }),
  };
}

function physical({ file, line, column }: FileLocation): object {
  // File names may contain unpaired surrogates, which URIs cannot contain.
  const uri = Buffer.from(file).toString().split("/").map(encodeURIComponent).join("/");
  if (line === undefined) return { artifactLocation: { uri } };
  return { artifactLocation: { uri }, region: { startLine: line, startColumn: column } };
}
