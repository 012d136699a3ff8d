import type { CheckFinding } from "./check.ts";
import { enumerate } from "./enumerate.ts";
import type { Finding, Severity } from "./finding.ts";

/** The gravest first; what is fine, or was skipped, is no cause. */
const causing: readonly Severity[] = ["fail", "unknown", "warn"];

/**
 * Makes the findings that are shown of those that checks made about one place: each symptom names the finding that it
 * goes back to, and findings that differ only in the thing they are about become one. A symptom belongs to what the
 * cause's check found about the same thing; where it found nothing wrong with that, there is no cause.
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

/** What each check found wrong with each thing; of several findings the gravest. */
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

/** Where a chain of causes begins; undefined for what is no symptom, and for causes that go in a circle. */
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
  const { symptomOf: _, alike, about, ...rest } = first;
  const things = [...new Set(group.flatMap((each) => each.about ?? []))];
  return {
    ...rest,
    ...(alike === undefined
      ? {}
      : { subject: subjectOf(group), evidence: { ...rest.evidence, names: group.map((each) => each.alike?.name) } }),
    ...(about === undefined ? {} : { about: things }),
  };
}
