import type { Paint } from "../core/command.ts";
import { formatDuration } from "../core/duration.ts";
import type { RegionGlance } from "./glance.ts";
import type { StatusReport } from "./status-report.ts";

/** Rows of cells, the first one the head. */
export function glanceRows(report: StatusReport, paint: Paint): readonly (readonly string[])[] {
  const withEks = report.regions.some((region) => region.eks !== undefined || region.awsRegion !== undefined);
  const head = ["REGION", "API", "VERSION", ...(withEks ? ["EKS", "NODE GROUPS"] : []), "NODES", "WORKLOADS", "TIME"];
  return [
    head.map((cell) => paint("dim", cell)),
    ...report.regions.map((region) => row(region, report, withEks, paint)),
  ];
}

function row(region: RegionGlance, report: StatusReport, withEks: boolean, paint: Paint): string[] {
  const unknown = paint("unknown", "?");
  const share = (have: number | undefined, want: number | undefined): string =>
    have === undefined ? unknown : paint(have === want ? "good" : "bad", `${have}/${want}`);
  const { eks, nodes, workloads } = region;
  const status = eks?.status;
  return [
    paint("strong", region.name),
    apiCell(region, report, paint),
    region.version ?? unknown,
    ...(withEks
      ? [
          status === undefined ? unknown : paint(status === "ACTIVE" ? "good" : "warn", status),
          share(eks?.nodeGroups?.active, eks?.nodeGroups?.total),
        ]
      : []),
    share(nodes?.ready, nodes?.total),
    share(workloads?.available, workloads?.total),
    paint("dim", formatDuration(region.durationMs)),
  ];
}

function apiCell({ name, reachable }: RegionGlance, { findings }: StatusReport, paint: Paint): string {
  if (reachable === true) return paint("good", "reachable");
  const obstacle = findings.find((finding) => finding.region === name && finding.id === "cluster/api")?.obstacle;
  return obstacle === undefined ? "-" : paint("bad", obstacle);
}
