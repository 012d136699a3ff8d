import type { CheckFinding } from "./check.ts";
import { enumerate } from "./enumerate.ts";
import type { Finding, Severity } from "./finding.ts";

/** Most severe first; a finding that is ok or skipped is never a cause. */
const causing: readonly Severity[] = ["fail", "unknown", "warn"];

/**
 * Turns the findings of checks about one place into the ones to show: each symptom names its root cause, and findings
 * that differ only in their subject become one. A symptom's cause is what the named check found about the same subject;
 * if that check found nothing wrong with it, there is no cause.
 */
export function linkFindings(all: readonly CheckFinding[]): Finding[] {
  const causes = byThing(all);
  const roots = new Map(all.map((finding) => [finding, rootOf(finding, causes)]));
  const groups = new Map<string, CheckFinding[]>();
  const keys = new Map<CheckFinding, string>();
  const keyOf = (finding: CheckFinding): string => {
    const known = keys.get(finding);
    if (known !== undefined) return known;
    const root = roots.get(finding);
    const { id, severity, summary, obstacle = "", alike } = finding;
    const own = alike === undefined ? String(all.indexOf(finding)) : `${alike.one} ${severity} ${obstacle} ${summary}`;
    const key = `${id} ${own}${root === undefined ? "" : ` < ${keyOf(root)}`}`;
    keys.set(finding, key);
    return key;
  };
  for (const finding of all) {
    const group = groups.get(keyOf(finding));
    if (group === undefined) groups.set(keyOf(finding), [finding]);
    else group.push(finding);
  }
  return [...groups.values()].map((group) => {
    const [first] = group;
    const root = first && roots.get(first);
    const cause = root && { cause: root.id, causeSubject: subjectOf(groups.get(keyOf(root)) ?? [root]) };
    return { ...merged(group), ...cause };
  });
}

type Causes = ReadonlyMap<string, CheckFinding>;

function thingKey(id: string, about: string): string {
  return `${id} ${about}`;
}

/** Returns what each check found wrong with each subject; of several findings the most severe. */
function byThing(all: readonly CheckFinding[]): Causes {
  const causes = new Map<string, CheckFinding>();
  const wrong = all.filter(({ severity }) => causing.includes(severity));
  for (const finding of wrong.toSorted((a, b) => causing.indexOf(a.severity) - causing.indexOf(b.severity))) {
    for (const about of finding.about ?? []) {
      const key = thingKey(finding.id, about);
      if (!causes.has(key)) causes.set(key, finding);
    }
  }
  return causes;
}

/** Returns the start of a chain of causes; undefined if the finding is not a symptom, or if the causes form a cycle. */
function rootOf(finding: CheckFinding, causes: Causes): CheckFinding | undefined {
  const seen = new Set([finding]);
  let root: CheckFinding | undefined;
  for (let next = causeOf(finding, causes); next !== undefined; next = causeOf(next, causes)) {
    if (seen.has(next)) return undefined;
    seen.add(next);
    root = next;
  }
  return root;
}

function causeOf({ symptomOf }: CheckFinding, causes: Causes): CheckFinding | undefined {
  if (symptomOf === undefined) return undefined;
  return "finding" in symptomOf ? symptomOf.finding : causes.get(thingKey(symptomOf.id, symptomOf.about));
}

function subjectOf(group: readonly CheckFinding[]): string {
  const [first] = group;
  const names = group.flatMap(({ alike }) => (alike === undefined ? [] : [alike.name]));
  if (first?.alike === undefined) return first?.subject ?? "";
  return enumerate(names, first.alike.one, first.alike.many);
}

function merged(group: readonly CheckFinding[]): Finding {
  const [first] = group;
  if (first === undefined) throw new Error("a group of findings has at least one");
  const { symptomOf: _, blocks: __, alike, about, ...rest } = first;
  const things = [...new Set(group.flatMap((each) => each.about ?? []))];
  return {
    ...rest,
    ...(alike === undefined
      ? {}
      : { subject: subjectOf(group), evidence: { ...rest.evidence, names: group.map((each) => each.alike?.name) } }),
    ...(about === undefined ? {} : { about: things }),
  };
}
