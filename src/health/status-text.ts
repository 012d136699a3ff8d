import type { Paint } from "../core/command.ts";
import { formatDuration } from "../core/duration.ts";
import type { Finding } from "../core/finding.ts";
import type { RegionGlance } from "./glance.ts";
import { isLeftOut } from "./share.ts";
import type { StatusReport } from "./status-report.ts";

/** Returns rows of cells, beginning with the header. */
export function glanceRows(report: StatusReport, paint: Paint): readonly (readonly string[])[] {
  const withEks = report.regions.some((region) => region.eks !== undefined || region.awsRegion !== undefined);
  const head = ["REGION", "API", "VERSION", ...(withEks ? ["EKS", "NODE GROUPS"] : []), "NODES", "WORKLOADS", "TIME"];
  return [
    head.map((cell) => paint("dim", cell)),
    ...report.regions.map((region) => row(region, report, withEks, paint)),
  ];
}

function row(region: RegionGlance, { findings }: StatusReport, withEks: boolean, paint: Paint): string[] {
  const { eks, nodes, workloads, name } = region;
  const unknown = paint("unknown", "?");
  // What the user skipped is neither unknown nor healthy: it was not requested.
  const cell = (id: string, text: string | undefined): string =>
    text ?? (isLeftOut(findings, name, id) ? "-" : unknown);
  const share = (have: number | undefined, want: number | undefined): string | undefined =>
    have === undefined ? undefined : paint(have === want ? "good" : "bad", `${have}/${want}`);
  const status = eks?.status;
  return [
    paint("strong", name),
    apiCell(region, findings, paint),
    cell("cluster/api", region.version),
    ...(withEks
      ? [
          cell("cluster/eks", status === undefined ? undefined : paint(status === "ACTIVE" ? "good" : "warn", status)),
          cell("cluster/node-groups", share(eks?.nodeGroups?.active, eks?.nodeGroups?.total)),
        ]
      : []),
    cell("nodes/ready", share(nodes?.ready, nodes?.total)),
    cell("workloads/available", share(workloads?.available, workloads?.total)),
    paint("dim", formatDuration(region.durationMs)),
  ];
}

function apiCell({ name, reachable }: RegionGlance, findings: readonly Finding[], paint: Paint): string {
  if (reachable === true) return paint("good", "reachable");
  const obstacle = findings.find((finding) => finding.region === name && finding.id === "cluster/api")?.obstacle;
  return obstacle === undefined ? "-" : paint("bad", obstacle);
}
