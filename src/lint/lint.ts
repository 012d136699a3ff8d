import { posix } from "node:path";
import { byPlace } from "../core/finding.ts";
import { rules } from "./index.ts";
import { isAsked, judge, type Judgement, type Selection } from "./judge.ts";
import type { LintFinding, LintReport } from "./lint-report.ts";
import { type ParsedFile, parseManifests } from "./parse-manifests.ts";
import type { RuleFacts } from "./rule.ts";
import type { SourceFile } from "./source-files.ts";
import { treeOf } from "./tree.ts";
import { waiverFacts } from "./waiver-facts.ts";
import { isExpired, isWaiverFile, missingIn, type Waiver, waiversInFile, waiversOf } from "./waivers.ts";

/** Reads the files as one tree, asks every rule, and lays the waivers over what they say. `now`: ms since the epoch. */
export function lint(
  sources: readonly SourceFile[],
  selection: Selection,
  now: number,
): Pick<LintReport, "files" | "objects" | "findings"> {
  const manifestFiles = sources.filter(({ file }) => !isWaiverFile(file));
  const tree = treeOf(parsed(manifestFiles));
  const judgements = judge(tree, rules, selection);
  const written = [
    ...sources.filter(({ file }) => isWaiverFile(file)).flatMap(waiversInFile),
    // The items of a list share a document, and its comments.
    ...new Map(
      [...tree.declared, ...tree.kustomizations].flatMap(waiversOf).map((each) => [JSON.stringify(each), each]),
    ).values(),
  ];
  const holding = written.filter((waiver) => missingIn(waiver).length === 0 && !isExpired(waiver, now));
  const used = new Set<Waiver>();
  const findings = judgements.map((judgement) => {
    const { facts, location, manifest } = judgement;
    const waiver = holding.find((each) => each.covers({ id: facts.id, file: location.file, manifest }));
    if (waiver !== undefined) used.add(waiver);
    return toFinding(judgement, waiver);
  });
  const ofWaivers = written
    .filter((waiver) => isAsked(selection, waiver.id) || missingIn(waiver).length > 0)
    .flatMap((waiver) => judgeWaiver(waiver, used.has(waiver), now))
    .filter(({ id }) => isAsked({ only: [], skip: selection.skip }, id));
  return {
    files: manifestFiles.length,
    objects: tree.declared.length,
    findings: [...findings, ...ofWaivers].sort(byPlace),
  };
}

/** Templates of Helm charts lie beside their Chart.yaml. */
function parsed(files: readonly SourceFile[]): readonly ParsedFile[] {
  const charts = files.map(({ file }) => file).filter((file) => posix.basename(file) === "Chart.yaml");
  const templates = charts.map((chart) => posix.join(posix.dirname(chart), "templates/"));
  return files.map(({ file, content }) =>
    parseManifests(
      file,
      content,
      templates.some((folder) => file.startsWith(folder)),
    ),
  );
}

function toFinding({ facts, severity, subject, summary, fix, location }: Judgement, waiver?: Waiver): LintFinding {
  const finding = { id: facts.id, severity, subject, summary, fix, location };
  if (waiver === undefined) return finding;
  const { owner = "", reason = "", expires = "" } = waiver;
  return { ...finding, severity: "skip", waiver: { owner, reason, expires } };
}

function judgeWaiver(waiver: Waiver, isUsed: boolean, now: number): readonly LintFinding[] {
  const missing = missingIn(waiver);
  const say = ({ id, severity, fix }: RuleFacts, summary: string): LintFinding[] => [
    { id, severity, subject: `waiver of ${waiver.id || "(no id)"}`, summary, fix, location: waiver.location },
  ];
  if (missing.length > 0) return say(waiverFacts.complete, `has no ${missing.join(", no ")}, and is without effect`);
  if (isExpired(waiver, now)) {
    return say(waiverFacts.expired, `expired after ${waiver.expires}; ${waiver.owner} wanted: ${waiver.reason}`);
  }
  return isUsed ? [] : say(waiverFacts.used, "is for nothing that was found");
}
