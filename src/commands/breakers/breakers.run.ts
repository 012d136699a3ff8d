import type { TextView } from "../../core/command.ts";
import { breakersRegion, type BreakersReport } from "../../health/breakers/breakers-report.ts";
import { breakersRows, edgeRows, ejectedRows } from "../../health/breakers/breakers-text.ts";
import { breakerChecks } from "../../health/breaker-checks.ts";
import { table } from "../../view/table.ts";
import { askRegions, presentRegions, section } from "../check/ask-regions.run.ts";

export const run = askRegions({
  checks: breakerChecks,
  meshExpected: true,
  describe: ({ places, ...about }, findings): BreakersReport => ({
    kind: "BreakersReport",
    ...about,
    regions: places.map(breakersRegion),
    findings,
  }),
});

export function present(report: BreakersReport, view: TextView): string {
  const [head = [], ...rows] = breakersRows(report, view.paint);
  const details = report.regions.flatMap(({ name, edges = [], ejected = [] }) =>
    section(name, [edgeRows(edges, view.wide, view.paint), ejectedRows(ejected, view.paint)], view),
  );
  return presentRegions(report, [table(head, rows, view), ...details], view);
}
