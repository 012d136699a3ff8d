import { exactPlace, type FileLocation, type Finding } from "../core/finding.ts";
import { byGravity } from "./findings.ts";

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

/** What a report shows where only what is wrong is shown: the gravest first, as what reads it may take the first few. */
export function wrongIn({ findings }: Reported): Reported["findings"] {
  return findings.filter(({ severity }) => severity !== "ok" && severity !== "skip").toSorted(byGravity);
}

/** Tells apart what has the same name: what reads a report may keep one of them. The second one gets a ` (2)`. */
export function numbered(names: readonly string[]): readonly string[] {
  const given = new Set<string>();
  return names.map((name) => {
    let own = name;
    for (let count = 2; given.has(own); count += 1) own = `${name} (${count})`;
    given.add(own);
    return own;
  });
}

/** `values.yaml:3:7`, or the region. */
export function whereOf({ location, region }: Reported["findings"][number]): string {
  if (location === undefined) return region ?? "";
  return exactPlace(location);
}
