import { posix } from "node:path";
import { type CheckSelection, skipReason } from "../core/check.ts";
import { listed } from "../core/enumerate.ts";
import type { FileLocation, Severity } from "../core/finding.ts";
import { unitsOfComponent } from "./catalog.ts";
import { type Manifest, manifestSubject } from "./manifest.ts";
import { readingFacts } from "./reading-facts.ts";
import type { Rule, RuleFacts } from "./rule.ts";
import type { Observation } from "./observation.ts";
import type { Tree } from "./tree.ts";
import type { Unit } from "./unit.ts";

/** A finding before waivers are applied. */
export interface Judgement {
  readonly facts: RuleFacts;
  readonly severity: Severity;
  readonly subject: string;
  readonly summary: string;
  readonly fix: string;
  readonly location: FileLocation;
  readonly manifest: Manifest | undefined;
}

/** Returns whether a rule is selected, as for checks. */
export function isAsked(selection: CheckSelection, id: string): boolean {
  return skipReason(id, selection) === undefined;
}

/** Runs the selected rules on a tree. Reports each fact once, however many builds it occurs in. */
export function judge(tree: Tree, rules: readonly Rule[], selection: CheckSelection): readonly Judgement[] {
  const asked = rules.filter(({ id }) => isAsked(selection, id));
  return [...judgeReading(tree, selection), ...asked.flatMap((rule) => askOne(rule, tree))];
}

function askOne(rule: Rule, tree: Tree): readonly Judgement[] {
  const found = new Map<string, { judgement: Judgement; units: Unit[] }>();
  for (const unit of tree.units) {
    for (const observation of rule.examine(unit, tree)) {
      const judgement = toJudgement(rule, observation, unit, tree);
      const { location, subject, severity } = judgement;
      // If one problem stops several builds, reports it once.
      const key = JSON.stringify([location, subject, observation.summary, severity]);
      const known = found.get(key);
      if (known === undefined) found.set(key, { judgement, units: [unit] });
      else known.units.push(unit);
    }
  }
  return [...found.values()].map(({ judgement, units }) => withPlace(judgement, units, tree));
}

function toJudgement(rule: Rule, observation: Observation, unit: Unit, tree: Tree): Judgement {
  const { manifest, path, lacks } = observation;
  const why = manifest.uncertain ?? (lacks && tree.unseen(unit, lacks));
  return {
    facts: rule,
    severity: why === undefined ? (observation.severity ?? rule.severity) : "unknown",
    subject: observation.subject ?? manifestSubject(manifest),
    summary: why === undefined ? observation.summary : `${observation.summary}, unless this changes it: ${why}`,
    fix: observation.fix ?? rule.fix,
    location: manifest.locate(path),
    manifest,
  };
}

/** Names the builds that have the finding if other builds of the same file pass. */
function withPlace(judgement: Judgement, units: readonly Unit[], tree: Tree): Judgement {
  const { manifest, location } = judgement;
  const isComponent = manifest?.group === "backstage.io" && manifest.kind === "Component";
  const all = isComponent
    ? unitsOfComponent(manifest, tree)
    : tree.units.filter((unit) => unit.files.has(location.file));
  if (all.every((unit) => units.includes(unit))) return judgement;
  const names = listed(
    units.map(({ name }) => name),
    2,
  );
  return { ...judgement, summary: `${judgement.summary} (in ${names}${units.length > 2 ? " builds" : ""})` };
}

/** Unreadable files are reported whichever rules are selected, because none of the rules can call them clean. */
function judgeReading(tree: Tree, selection: CheckSelection): readonly Judgement[] {
  const { readable, complete } = readingFacts;
  const unreadable = tree.unreadable.map(({ location, summary, template }): Judgement => {
    const severity = template ? "unknown" : readable.severity;
    const subject = posix.basename(location.file);
    return { facts: readable, severity, subject, summary, fix: readable.fix, location, manifest: undefined };
  });
  const gaps = tree.gaps.map(({ location, subject, summary, severity, fix }): Judgement => {
    return { facts: complete, severity, subject, summary, fix: fix ?? complete.fix, location, manifest: undefined };
  });
  const nothing = tree.nothingIn === undefined ? [] : [nothingIn(tree.nothingIn)];
  return [...unreadable, ...gaps, ...nothing].filter(({ facts }) => isAsked({ ...selection, only: [] }, facts.id));
}

function nothingIn({ path, passedOver }: NonNullable<Tree["nothingIn"]>): Judgement {
  const { present } = readingFacts;
  const links = passedOver.length === 0 ? "" : `; not followed: ${listed(passedOver)}`;
  const summary = `contains no readable Kubernetes object${links}`;
  const { severity, fix } = present;
  return { facts: present, severity, subject: path, summary, fix, location: { file: path }, manifest: undefined };
}
