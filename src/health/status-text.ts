import type { Paint, TextView, Tone } from "../core/command.ts";
import { formatDuration } from "../core/duration.ts";
import type { Finding, Severity } from "../core/finding.ts";
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

const marks: Record<Severity, readonly [mark: string, tone: Tone]> = {
  fail: ["✖", "bad"],
  unknown: ["?", "unknown"],
  warn: ["!", "warn"],
  ok: ["✔", "good"],
  skip: ["-", "dim"],
};
const gravity: readonly Severity[] = ["fail", "unknown", "warn", "ok", "skip"];

/** Findings a region shows at most, unless more is asked for: the gravest come first. */
const most = 25;

/** What there is to say about each region, the gravest first, symptoms under their cause. */
export function findingLines(report: StatusReport, view: TextView): string[] {
  return report.regions.flatMap(({ name }) => {
    const findings = report.findings.filter((finding) => finding.region === name && (view.wide || isShown(finding)));
    if (findings.length === 0) return [];
    const isCause = (finding: Finding): boolean =>
      finding.cause === undefined || !findings.some((other) => other.id === finding.cause);
    const roots = findings.filter(isCause).sort((a, b) => gravity.indexOf(a.severity) - gravity.indexOf(b.severity));
    const told = new Set<string>();
    const shown = view.wide ? roots : roots.slice(0, most);
    const lines = shown.flatMap((root) => {
      const symptoms = told.has(root.id)
        ? []
        : findings.filter((finding) => finding.cause === root.id && !isCause(finding));
      told.add(root.id);
      return [...lineOf(root, view), ...symptomLines(symptoms, view)];
    });
    const more = roots.length - shown.length;
    const rest = more === 0 ? [] : [`  ${view.paint("dim", `and ${more} more (-o wide shows them)`)}`];
    return ["", view.paint("strong", name), ...lines, ...rest];
  });
}

/** A check that the user left out is no news; one that could not be asked is folded under its cause. */
function isShown(finding: Finding): boolean {
  return finding.severity !== "ok" && (finding.severity !== "skip" || finding.cause !== undefined);
}

function lineOf(finding: Finding, { paint }: TextView): string[] {
  const [mark, tone] = marks[finding.severity];
  const says = `  ${paint(tone, mark)} ${finding.subject}: ${finding.summary} ${paint("dim", `[${finding.id}]`)}`;
  return finding.fix === undefined ? [says] : [says, `      ${paint("dim", "→")} ${finding.fix}`];
}

function symptomLines(symptoms: readonly Finding[], view: TextView): string[] {
  const skipped = symptoms.filter((finding) => finding.severity === "skip").map((finding) => finding.id);
  const others = symptoms.filter((finding) => finding.severity !== "skip");
  const lines = view.wide ? others : others.slice(0, 3);
  const more = others.length - lines.length;
  return [
    ...lines.map((finding) => `      ${view.paint("dim", "because of it:")} ${finding.subject}: ${finding.summary}`),
    ...(more > 0 ? [`      ${view.paint("dim", `and ${more} more because of it (-o wide shows them)`)}`] : []),
    ...(skipped.length > 0 ? [`      ${view.paint("dim", `not asked because of it: ${skipped.join(", ")}`)}`] : []),
  ];
}

/** `1 failed, 2 warnings, 3 ok`. */
export function closingLine(report: StatusReport, paint: Paint): string {
  const count = (severity: Severity): number =>
    report.findings.filter((finding) => finding.severity === severity).length;
  const parts: readonly (readonly [number, string, Tone])[] = [
    [count("fail"), "failed", "bad"],
    [count("unknown"), "unknown", "unknown"],
    [count("warn"), count("warn") === 1 ? "warning" : "warnings", "warn"],
    [count("ok"), "ok", "good"],
  ];
  return parts
    .filter(([n]) => n > 0)
    .map(([n, word, tone]) => paint(tone, `${n} ${word}`))
    .join(", ");
}
