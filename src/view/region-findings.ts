import type { TextView } from "../core/command.ts";
import { type Finding, isCauseOf } from "../core/finding.ts";
import { byGravity, findingLines } from "./findings.ts";

/** Findings a region shows at most, unless more is asked for: the gravest come first. */
const most = 25;

/** What there is to say about each of the regions, the gravest first, symptoms under their cause. */
export function regionFindingLines(regions: readonly string[], all: readonly Finding[], view: TextView): string[] {
  return regions.flatMap((name) => {
    const findings = all.filter((finding) => (finding.region ?? "") === name && (view.wide || isShown(finding)));
    if (findings.length === 0) return [];
    const isCause = (finding: Finding): boolean =>
      !findings.some((other) => other !== finding && isCauseOf(other, finding));
    // A warning that makes something fail is as grave as that.
    const graveness = (root: Finding): Finding =>
      findings.filter((finding) => isCauseOf(root, finding)).reduce(graver, root);
    const ranked = findings.filter(isCause).map((root) => ({ root, gravest: graveness(root) }));
    const roots = ranked.toSorted((a, b) => byGravity(a.gravest, b.gravest)).map(({ root }) => root);
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

function graver(one: Finding, other: Finding): Finding {
  return byGravity(one, other) <= 0 ? one : other;
}

/** A check that the user left out is no news; one that could not be asked is folded under its cause. */
function isShown(finding: Finding): boolean {
  return finding.severity !== "ok" && (finding.severity !== "skip" || finding.cause !== undefined);
}

function symptomLines(symptoms: readonly Finding[], view: TextView): string[] {
  const skipped = symptoms.filter((finding) => finding.severity === "skip").map((finding) => finding.id);
  const grave = symptoms.filter((finding) => finding.severity !== "skip").toSorted(byGravity);
  // What several checks say of the same thing in the same words is said once.
  const others = [...new Set(grave.map(({ subject, summary }) => `${subject}: ${summary}`))];
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

/** Several checks of an area by its name, as --only takes it. */
function byArea(ids: readonly string[]): string[] {
  const areaOf = (id: string): string => id.split("/")[0] ?? id;
  const isAlone = (id: string): boolean => ids.filter((other) => areaOf(other) === areaOf(id)).length === 1;
  return [...new Set(ids.map((id) => (isAlone(id) ? id : areaOf(id))))];
}
