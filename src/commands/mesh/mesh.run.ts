import type { TextView } from "../../core/command.ts";
import { meshChecks } from "../../health/mesh-checks.ts";
import { meshRegion, type MeshReport } from "../../health/mesh/mesh-report.ts";
import { meshRows, proxyRows, workloadRows } from "../../health/mesh/mesh-text.ts";
import { table } from "../../view/table.ts";
import { askRegions, presentRegions, section } from "../check/ask-regions.run.ts";

export const run = askRegions({
  checks: meshChecks,
  meshExpected: true,
  describe: ({ places, ...about }, findings): MeshReport => ({
    kind: "MeshReport",
    ...about,
    regions: places.map(meshRegion),
    findings,
  }),
});

export function present(report: MeshReport, view: TextView): string {
  const [head = [], ...rows] = meshRows(report, view.paint);
  const details = report.regions.flatMap(({ name, proxies = [], workloads = [] }) =>
    view.wide ? section(name, [proxyRows(proxies, view.paint), workloadRows(workloads, view.paint)], view) : [],
  );
  return presentRegions(report, [table(head, rows, view), ...details], view);
}
