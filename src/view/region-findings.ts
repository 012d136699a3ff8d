import type { TextView } from "../core/command.ts";
import { type Finding, isCauseOf } from "../core/finding.ts";
import { bySeverity, findingLines } from "./findings.ts";

/** The default maximum of findings shown per region, most severe first. */
const most = 25;

/** Returns the findings of each region, most severe first, with symptoms below their cause. */
export function regionFindingLines(regions: readonly string[], all: readonly Finding[], view: TextView): string[] {
  return regions.flatMap((name) => {
    const own = all.filter((finding) => (finding.region ?? "") === name);
    const findings = own.filter((finding) => view.wide || isShown(finding, own));
    if (findings.length === 0) return [];
    const isCause = (finding: Finding): boolean =>
      !findings.some((other) => other !== finding && isCauseOf(other, finding));
    // A warning that causes a failure is as severe as the failure.
    const highest = (root: Finding): Finding =>
      findings.filter((finding) => isCauseOf(root, finding)).reduce(moreSevere, root);
    const ranked = findings.filter(isCause).map((root) => ({ root, worst: highest(root) }));
    const roots = ranked.toSorted((a, b) => bySeverity(a.worst, b.worst)).map(({ root }) => root);
    const told = new Set<Finding>();
    const shown = view.wide ? roots : roots.slice(0, most);
    const lines = shown.flatMap((root) => {
      const symptoms = findings.filter((finding) => !told.has(finding) && isCauseOf(root, finding));
      for (const symptom of symptoms) told.add(symptom);
      return [...findingLines(root, view).map((line) => `  ${line}`), ...symptomLines(symptoms, view)];
    });
    const more = roots.length - shown.length;
    const rest = more === 0 ? [] : [`  ${view.paint("dim", `and ${more} more (-o wide shows them)`)}`];
    return ["", view.paint("strong", name), ...lines, ...rest];
  });
}

function moreSevere(one: Finding, other: Finding): Finding {
  return bySeverity(one, other) <= 0 ? one : other;
}

/**
 * Checks that the user skipped are not shown, nor is what was skipped because something is not installed. Checks that
 * could not run are folded under their cause.
 */
function isShown(finding: Finding, all: readonly Finding[]): boolean {
  if (finding.severity !== "skip") return finding.severity !== "ok";
  const isOfSkipped = all.some((root) => root.severity === "skip" && isCauseOf(root, finding));
  return finding.cause !== undefined && !isOfSkipped;
}

function symptomLines(symptoms: readonly Finding[], view: TextView): string[] {
  const skipped = symptoms.filter((finding) => finding.severity === "skip").map((finding) => finding.id);
  const ranked = symptoms.filter((finding) => finding.severity !== "skip").toSorted(bySeverity);
  // Identical messages of several checks about the same subject are shown once.
  const others = [...new Set(ranked.map(({ subject, summary }) => `${subject}: ${summary}`))];
  const lines = view.wide ? others : others.slice(0, 3);
  const more = others.length - lines.length;
  return [
    ...lines.map((line) => `      ${view.paint("dim", "because of it:")} ${line}`),
    ...(more > 0 ? [`      ${view.paint("dim", `and ${more} more because of it (-o wide shows them)`)}`] : []),
    ...(skipped.length > 0
      ? [`      ${view.paint("dim", `skipped because of this: ${byArea(skipped).join(", ")}`)}`]
      : []),
  ];
}

/** Returns the name of an area, as used with --only, for several of its checks. */
function byArea(ids: readonly string[]): string[] {
  const areaOf = (id: string): string => id.split("/")[0] ?? id;
  const isAlone = (id: string): boolean => ids.filter((other) => areaOf(other) === areaOf(id)).length === 1;
  return [...new Set(ids.map((id) => (isAlone(id) ? id : areaOf(id))))];
}
