import type { LocatedFinding } from "../core/finding.ts";

/** What every report is made from. */
export interface Reported {
  readonly findings: readonly (LocatedFinding & {
    readonly waiver?: { readonly owner: string; readonly reason: string };
  })[];
  readonly rules: readonly ReportedRule[];
  /** gennet's own. */
  readonly version: string;
}

export interface ReportedRule {
  readonly id: string;
  readonly title: string;
  readonly explain: string;
  readonly fix: string;
}

/** What a report shows where only what is wrong is shown. */
export function wrongIn({ findings }: Reported): Reported["findings"] {
  return findings.filter(({ severity }) => severity !== "ok" && severity !== "skip");
}
