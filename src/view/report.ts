import { exactPlace, type FileLocation, type Finding } from "../core/finding.ts";
import { bySeverity } from "./findings.ts";

/** The input of every report. */
export interface Reported {
  readonly findings: readonly (Finding & {
    /** For a finding in a file; findings about running resources have a region. */
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

/** Returns the findings for reports that only show problems: most severe first, because readers may truncate them. */
export function wrongIn({ findings }: Reported): Reported["findings"] {
  return findings.filter(({ severity }) => severity !== "ok" && severity !== "skip").toSorted(bySeverity);
}

/** Makes duplicate names unique, because a reader may keep only one of them. The second one gets a ` (2)`. */
export function numbered(names: readonly string[]): readonly string[] {
  const given = new Set<string>();
  return names.map((name) => {
    let own = name;
    for (let count = 2; given.has(own); count += 1) own = `${name} (${count})`;
    given.add(own);
    return own;
  });
}

/** Returns `values.yaml:3:7`, or the region. */
export function whereOf({ location, region }: Reported["findings"][number]): string {
  if (location === undefined) return region ?? "";
  return exactPlace(location);
}
