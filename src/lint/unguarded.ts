import { placeholdersIn } from "../istio/circuit-breaker.ts";
import { isWildcard } from "../istio/hosts.ts";
import type { MergedRule } from "../istio/merged-rules.ts";
import { type Block, type BlockName, type RulePart, partsOf, policyFor } from "../istio/traffic-policy.ts";
import type { Judge, Judged } from "./breaker-judges.ts";
import { callEdges } from "./call-edges.ts";
import { mostPodsOf } from "./called-pods.ts";
import { field, text } from "./fields.ts";
import { mergedRules, type TreeRule } from "./mesh-rules.ts";
import { meshOf } from "./mesh-settings.ts";
import type { Observation } from "./observation.ts";
import { isTcp } from "./service-protocol.ts";
import { takenRules } from "./taken-rule.ts";
import type { Tree } from "./tree.ts";
import type { Unit } from "./unit.ts";

interface Question {
  readonly name: BlockName;
  readonly judge: Judge;
}

/**
 * Checks a block of every DestinationRule of a unit, merged as Istio merges them, for each part of the calls. A
 * wildcard rule is checked for the calls that it applies to.
 */
export function judgeBlocks(unit: Unit, tree: Tree, question: Question): readonly Observation[] {
  const ofRules = mergedRules(unit).flatMap(({ manifest, merged }) => {
    const isTunnel = field(merged.policy?.spec, "trafficPolicy", "tunnel") !== undefined;
    if (isWildcard(merged.host) || isTunnel) return [];
    return judgeRule(merged, unit, tree, question).filter((each) => each.manifest === manifest);
  });
  return [...ofRules, ...callEdges(unit, tree).flatMap((edge) => judgeWildcard(edge, unit, tree, question))];
}

/** Returns whether a block has no effect. */
export function isOpen(judged: Judged): boolean {
  return judged === "missing" || (judged !== undefined && judged.severity === undefined);
}

function judgeRule(
  rule: MergedRule<TreeRule>,
  unit: Unit,
  tree: Tree,
  { name, judge }: Question,
): readonly Observation[] {
  const beside = tree.beside(unit);
  const pods = mostPodsOf(rule.host, beside);
  const all = partsOf(rule).map((part) => {
    const block = policyFor(rule, part, meshOf(tree))[name];
    return { part, block, judged: judge(block.value, { isTcp: isTcp(rule.host, part.port, beside), pods }) };
  });
  const whole = all.find(({ part }) => isWhole(part));
  const isWhollyOpen = whole !== undefined && isOpen(whole.judged);
  const guarded = all.filter(({ part, judged }) => !isWhole(part) && judged === undefined).map(({ part }) => part);
  const host = hostText(rule);
  const seen = new Set<string>();
  return all.flatMap(({ part, block, judged }) => {
    if (judged === undefined || block.rule === undefined || (isWhollyOpen && !isWhole(part))) return [];
    // Inherited settings are reported once, where they are written.
    const key = JSON.stringify([block.rule.name, block.rule.manifest.file, block.path]);
    if (seen.has(key)) return [];
    seen.add(key);
    const except = guarded.length > 0 && isWhollyOpen ? ` except for ${guarded.map(sayPart).join(", ")}` : "";
    const where = isWhole(part) ? except : ` for ${sayPart(part)}`;
    return [observe(block, name, judged, host, where, !isWhole(part))];
  });
}

function judgeWildcard(
  edge: ReturnType<typeof callEdges>[number],
  unit: Unit,
  tree: Tree,
  { name, judge }: Question,
): readonly Observation[] {
  const other: BlockName = name === "connectionPool" ? "outlierDetection" : "connectionPool";
  const found = takenRules(edge, unit, tree).flatMap(({ rule }): Observation[] => {
    if (rule === undefined || !isWildcard(rule.host)) return [];
    const policy = policyFor(rule, {}, meshOf(tree));
    const judged = judge(policy[name].value, {});
    // If neither exists, the call has no breaker at all, and breaker/rule reports it.
    if (judged === undefined || policy[other].value === undefined) return [];
    const verdict = judged === "missing" ? { summary: `no ${name}` } : judged;
    const summary = `calls ${edge.target}, whose rule is ${sayRule(rule)}: ${verdict.summary}`;
    return [{ manifest: edge.manifest, path: edge.path, ...verdict, summary }];
  });
  return found.slice(0, 1);
}

/** `DestinationRule istio-system/default for *.local`. */
export function sayRule({ from, host }: MergedRule<TreeRule>): string {
  const names = new Set(from.map(({ namespace, name }) => `${namespace}/${name}`));
  return `DestinationRule ${[...names].join(" with ")} for ${host}`;
}

function observe(
  { rule, path, value }: Block<TreeRule>,
  name: BlockName,
  judged: Exclude<Judged, undefined>,
  host: string,
  where: string,
  isPart: boolean,
): Observation {
  const { manifest } = rule as TreeRule;
  if (judged === "missing") {
    const inherits = isPart && path.includes("portLevelSettings") ? ", which does not inherit it" : "";
    return { manifest, path, summary: `${host}: no ${name}${where}${inherits}` };
  }
  const open = judged.severity === "unknown" ? placeholdersIn(value, `${name}.`) : [];
  if (judged.severity === "unknown" && open.length === 0) {
    const summary = `${host}: its ${name} has text where the API server only accepts a number${where}`;
    return { manifest, path, summary, fix: "remove the quotes around the number" };
  }
  const said =
    open.length > 0 ? `${open.join(", ")} ${open.length === 1 ? "contains" : "contain"} a placeholder` : judged.summary;
  return { manifest, path, ...judged, summary: `${host}: ${said}${where}` };
}

function isWhole({ port, subset }: RulePart): boolean {
  return port === undefined && subset === undefined;
}

function sayPart({ port, subset }: RulePart): string {
  const words = [
    ...(subset === undefined ? [] : [`subset ${subset}`]),
    ...(port === undefined ? [] : [`port ${port}`]),
  ];
  return words.join(", ");
}

/** As written in its rule. */
function hostText({ policy, from, host }: MergedRule<TreeRule>): string {
  return text((policy ?? from[0])?.spec, "host") ?? host;
}
