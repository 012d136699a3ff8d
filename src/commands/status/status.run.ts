import type { TextView } from "../../core/command.ts";
import { glanceOf } from "../../health/glance.ts";
import { healthChecks } from "../../health/index.ts";
import type { StatusReport } from "../../health/status-report.ts";
import { glanceRows } from "../../health/status-text.ts";
import { table } from "../../view/table.ts";
import { askRegions, presentRegions } from "../check/ask-regions.run.ts";

export const run = askRegions({
  checks: healthChecks,
  meshExpected: false,
  describe: ({ places, ...about }, findings): StatusReport => ({
    kind: "StatusReport",
    ...about,
    regions: places.map(glanceOf),
    findings,
  }),
});

export function present(report: StatusReport, view: TextView): string {
  const [head = [], ...rows] = glanceRows(report, view.paint);
  return presentRegions(report, [table(head, rows, view)], view);
}
