import type { Context } from "../context.ts";
import type { TextView } from "../core/command.ts";
import type { Outcome } from "../core/outcome.ts";
import { assertNamed } from "../core/run-checks.ts";
import { createHealthContext } from "../health/health-context.ts";
import { healthChecks } from "../health/index.ts";
import { examine, type ExaminedRegion, exitOfReport, type StatusReport } from "../health/status-report.ts";
import { glanceRows } from "../health/status-text.ts";
import type { Place } from "../platform/place.ts";
import { tally } from "../view/findings.ts";
import { regionFindingLines } from "../view/region-findings.ts";
import { table } from "../view/table.ts";
import type { StatusInput } from "./status.ts";

export async function run(input: StatusInput, context: Context): Promise<Outcome<StatusReport>> {
  assertNamed(healthChecks, [...input.only, ...input.skip]);
  const places = await context.places();
  context.emit({ type: "tasks", tasks: places.map(({ name }) => ({ id: name, title: name })) });
  const examined = await Promise.all(places.map((place) => examinePlace(place, input, context)));
  const platform = places.some((place) => "region" in place) ? (await context.platform()).name : undefined;
  const report: StatusReport = {
    kind: "StatusReport",
    ...(platform === undefined ? {} : { platform }),
    generatedAt: new Date(context.host.clock.now()).toISOString(),
    regions: examined.map(({ glance }) => glance),
    findings: examined.flatMap(({ findings }) => findings),
  };
  return { exit: exitOfReport(report, input.strict), document: report };
}

async function examinePlace(place: Place, input: StatusInput, context: Context): Promise<ExaminedRegion> {
  const { host, options, signal } = context;
  const { name } = place;
  const region = "region" in place ? place.region : undefined;
  const kubeContext = "context" in place ? place.context : place.region.context;
  const health = createHealthContext(
    {
      connect: () => context.cluster(place),
      eks: region && { name: region.cluster, region: name, door: async () => (await context.aws(region)).eks() },
      context: kubeContext,
      namespace: options.namespace,
      now: host.clock.now,
    },
    signal,
  );
  context.emit({ type: "task", id: name, state: "running" });
  const examined = await examine({ name, awsRegion: region?.awsRegion, context: kubeContext }, health, healthChecks, {
    only: input.only,
    skip: input.skip,
    now: host.clock.now,
    signal,
  });
  const api = examined.findings.find((finding) => finding.id === "cluster/api");
  const { durationMs } = examined.glance;
  context.emit({ type: "task", id: name, state: api?.severity === "unknown" ? "failed" : "done", durationMs });
  return examined;
}

export function present(report: StatusReport, view: TextView): string {
  const [head = [], ...rows] = glanceRows(report, view.paint);
  const regions = report.regions.map(({ name }) => name);
  const lines = regionFindingLines(regions, report.findings, view);
  return [table(head, rows), ...lines, "", tally(report.findings, view.paint)].join("\n");
}
