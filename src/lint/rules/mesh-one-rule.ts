import { isDeepStrictEqual } from "node:util";
import { shownPlace } from "../../core/finding.ts";
import { exportsOf, inMergeOrder, type MergedRule, mergeInto, subsetsOf } from "../../istio/merged-rules.ts";
import { areAlternatives } from "../alternatives.ts";
import { field, isFields, text } from "../fields.ts";
import { isDestinationRule, ruleHost } from "../hosts.ts";
import { isSameObject, type Manifest } from "../manifest.ts";
import { type TreeRule, toTreeRule } from "../mesh-rules.ts";
import type { Rule } from "../rule.ts";
import type { Observation } from "../observation.ts";

export const meshOneRule: Rule = {
  id: "mesh/one-rule",
  title: "a host has one DestinationRule",
  explain:
    "If two rules for the same host are in the same namespace, Istio uses the trafficPolicy of the older one, and of two subsets with the same name the older rule's. The result depends on the order of creation, so the same files can behave differently in another cluster. Istio merges rules that do not compete, for example one with the policy and one with subsets, unless their exportTo differs: then clients that see both get only the newer one. These do not conflict: rules in different namespaces (the first namespace that Istio searches wins), rules for different workloads (workloadSelector), and rules that no namespace sees both of (exportTo). Rules in plain files of different folders may be for different clusters and are not compared. Files in a folder of alternatives, which declare the same object, get a single warning.",
  severity: "fail",
  fix: 'merge them into one rule; put rules for particular callers into the callers\' namespace, with exportTo: ["."]',
  examine(unit) {
    const rules = unit.manifests.filter(isDestinationRule);
    const isApart = areAlternatives(unit);
    const found = rules.flatMap((rule, index) => {
      for (const before of rules.slice(0, index)) {
        const why = collision(before, rule);
        if (why !== undefined) return [{ rule, before, why }];
      }
      return [];
    });
    const certain = found.filter(({ rule, before }) => !isApart || rule.file === before.file);
    const alternative = found.find((each) => !certain.includes(each));
    return [
      ...certain.map((each) => observe(each)),
      ...(alternative === undefined
        ? []
        : [
            {
              ...observe(alternative, "; the folder's files are alternatives: apply one of them"),
              severity: "warn" as const,
            },
          ]),
    ];
  },
};

interface Collision {
  readonly rule: Manifest;
  readonly before: Manifest;
  readonly why: string;
}

function observe({ rule, before, why }: Collision, more = ""): Observation {
  const place = shownPlace(before.locate(["spec", "host"]));
  const host = text(rule.value, "spec", "host");
  const summary = `${host} already has a rule: ${before.name} (${place}); ${why}${more}`;
  return { manifest: rule, path: ["spec", "host"], summary };
}

/** Returns what is lost if both rules are applied; undefined if nothing is. */
function collision(one: Manifest, other: Manifest): string | undefined {
  if (isSameObject(one, other) || one.namespace !== other.namespace || ruleHost(one) !== ruleHost(other))
    return undefined;
  const rules = [one, other].map((each) => toTreeRule(each));
  if (!areSeenTogether(rules)) return undefined;
  const merged = inMergeOrder(rules).reduce<MergedRule<TreeRule>[]>(mergeInto, []);
  const [first, second] = merged;
  if (first !== undefined && second !== undefined) {
    // Each has a workloadSelector, or one has and the other is for the remaining workloads.
    if (first.selector !== undefined || second.selector !== undefined) return undefined;
    return "their exportTo differs, so clients that see both get only the newer one";
  }
  if (rules.every(({ spec }) => isFields(field(spec, "trafficPolicy")))) {
    return "the trafficPolicy of the older one applies, the other's does not";
  }
  const names = rules.map(
    (rule) => new Map(subsetsOf(rule).map(({ name, index }) => [name, field(rule.spec, "subsets", index)])),
  );
  const twice = [...(names[0] ?? [])].find(([name, subset]) => {
    const too = names[1]?.get(name);
    return too !== undefined && !isDeepStrictEqual(subset, too);
  });
  return twice === undefined ? undefined : `both have subset ${twice[0]}, and the older one's applies`;
}

function areSeenTogether(rules: readonly TreeRule[]): boolean {
  const [to, too] = rules.map((rule) => {
    const names = [...exportsOf(rule)].map((name) => (name === "." ? rule.namespace : name));
    return names.length === 0 ? ["*"] : names;
  });
  return (
    to !== undefined &&
    too !== undefined &&
    (to.includes("*") || too.includes("*") || to.some((name) => too.includes(name)))
  );
}
