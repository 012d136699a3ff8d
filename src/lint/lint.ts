import type { CheckSelection } from "../core/check.ts";
import { byPlace } from "../core/finding.ts";
import { rules } from "./index.ts";
import { isAsked, judge, type Judgement } from "./judge.ts";
import type { LintFinding, LintReport } from "./lint-report.ts";
import type { ReadTree } from "./read-tree.ts";
import type { RuleFacts } from "./rule.ts";
import { treeOf } from "./tree.ts";
import { waiverFacts } from "./waiver-facts.ts";
import { waiversInFile } from "./waiver-files.ts";
import { isExpired, missingIn, type Waiver, waiversOf } from "./waivers.ts";

/** Runs every rule on a tree, and applies the waivers to the findings. `now`: ms since the epoch. */
export function lintReportOf(
  read: ReadTree,
  selection: CheckSelection,
  now: number,
): Pick<LintReport, "files" | "objects" | "unread" | "findings"> {
  const files = [...read.files, ...read.borrowed];
  const tree = treeOf(read);
  const judgements = judge(tree, rules, selection);
  const written = [
    ...read.waivers.flatMap(waiversInFile),
    // The items of a list share a document and its comments.
    ...new Map(
      [...tree.declared, ...tree.plain, ...tree.kustomizations]
        .flatMap(waiversOf)
        .map((each) => [JSON.stringify(each), each]),
    ).values(),
  ];
  const isComplete = (waiver: Waiver): boolean => waiver.problem === undefined && missingIn(waiver).length === 0;
  const holding = written.filter((waiver) => isComplete(waiver) && !isExpired(waiver, now));
  const used = new Set<Waiver>();
  const findings = judgements.map((judgement) => {
    const { facts, location, manifest } = judgement;
    const waiver = holding.find((each) => each.covers({ id: facts.id, location, manifest }));
    if (waiver !== undefined) used.add(waiver);
    return toFinding(judgement, waiver);
  });
  const ofWaivers = written
    .filter((waiver) => isAsked(selection, waiver.id) || !isComplete(waiver))
    .filter((waiver) => waiver.isInherited !== true || isMissed(waiver, judgements))
    .flatMap((waiver) => judgeWaiver(waiver, used.has(waiver), now))
    .filter(({ id }) => isAsked({ ...selection, only: [] }, id));
  return {
    files: files.length,
    objects: tree.declared.length,
    unread: files.filter(({ unreadable }) => unreadable.length > 0).length,
    findings: [...findings, ...ofWaivers].sort(byPlace),
  };
}

function toFinding({ facts, severity, subject, summary, fix, location }: Judgement, waiver?: Waiver): LintFinding {
  const finding = { id: facts.id, severity, subject, summary, fix, location };
  if (waiver === undefined) return finding;
  const { owner = "", reason = "", expires = "" } = waiver;
  return { ...finding, severity: "skip", waiver: { owner, reason, expires } };
}

/** Whether a waiver in a parent folder, if valid, would apply to anything here. */
function isMissed(waiver: Waiver, judgements: readonly Judgement[]): boolean {
  if (waiver.problem !== undefined) return true;
  return judgements.some(({ facts, location, manifest }) => waiver.covers({ id: facts.id, location, manifest }));
}

function judgeWaiver(waiver: Waiver, isUsed: boolean, now: number): readonly LintFinding[] {
  const missing = missingIn(waiver);
  const subject = waiver.problem === undefined ? `waiver of ${waiver.id || "(no id)"}` : "waivers";
  const say = ({ id, severity, fix }: RuleFacts, summary: string): LintFinding[] => [
    { id, severity, subject, summary, fix, location: waiver.location },
  ];
  if (waiver.problem !== undefined) {
    const fix = "gennet explain waiver/complete  # shows how waivers are written";
    return say({ ...waiverFacts.complete, fix }, `no waiver in this file counts: ${waiver.problem}`);
  }
  if (missing.length > 0) return say(waiverFacts.complete, `has no ${missing.join(", no ")}, so it has no effect`);
  if (isExpired(waiver, now)) {
    return say(waiverFacts.expired, `expired after ${waiver.expires}; owner ${waiver.owner}, reason: ${waiver.reason}`);
  }
  return isUsed ? [] : say(waiverFacts.used, "matches no finding");
}
