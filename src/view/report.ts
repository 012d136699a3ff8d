import { exactPlace, type FileLocation, type Finding } from "../core/finding.ts";

/** What every report is made from. */
export interface Reported {
  readonly findings: readonly (Finding & {
    /** Of what is in a file; what runs has a region. */
    readonly location?: FileLocation;
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
  readonly fix?: string;
}

/** What a report shows where only what is wrong is shown. */
export function wrongIn({ findings }: Reported): Reported["findings"] {
  return findings.filter(({ severity }) => severity !== "ok" && severity !== "skip");
}

/** `values.yaml:3:7`, or the region. */
export function whereOf({ location, region }: Reported["findings"][number]): string {
  if (location === undefined) return region ?? "";
  return exactPlace(location);
}
