import { isDeepStrictEqual } from "node:util";
import { shownPlace } from "../../core/finding.ts";
import { exportsOf, inMergeOrder, type MergedRule, mergeInto, subsetsOf } from "../../istio/merged-rules.ts";
import { areAlternatives } from "../alternatives.ts";
import { field, isFields, text } from "../fields.ts";
import { isDestinationRule, ruleHost } from "../hosts.ts";
import { isSameObject, type Manifest } from "../manifest.ts";
import { type TreeRule, toTreeRule } from "../mesh-rules.ts";
import type { Observation, Rule } from "../rule.ts";

export const meshOneRule: Rule = {
  id: "mesh/one-rule",
  title: "one DestinationRule for one host",
  explain:
    "Of two rules for one host in one namespace Istio takes the older one's trafficPolicy and of subsets with one name the older one's: the order of creation decides, and the same files give another result in another cluster. Rules that do not compete are merged, one with the policy and one with subsets for instance, unless their exportTo differ: then clients that see both get the newer one alone. Rules in different namespaces do not collide (the first namespace that Istio looks in decides), and neither do rules for different workloads (workloadSelector) or those that no namespace sees both of (exportTo). Rules of plain files in different folders may be for different clusters, and are not compared; nor are files of a folder of alternatives, some of which declare the same object, except for one warning.",
  severity: "fail",
  fix: 'make one rule of them; callers that need their own have it in their namespace with exportTo: ["."]',
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
  const summary = `${host} has a rule already: ${before.name} (${place}); ${why}${more}`;
  return { manifest: rule, path: ["spec", "host"], summary };
}

/** What of two rules is lost where both are applied; undefined where nothing is. */
function collision(one: Manifest, other: Manifest): string | undefined {
  if (isSameObject(one, other) || one.namespace !== other.namespace || ruleHost(one) !== ruleHost(other))
    return undefined;
  const rules = [one, other].map((each) => toTreeRule(each));
  if (!areSeenTogether(rules)) return undefined;
  const merged = inMergeOrder(rules).reduce<MergedRule<TreeRule>[]>(mergeInto, []);
  const [first, second] = merged;
  if (first !== undefined && second !== undefined) {
    // Each for its workloads, or one for those that the other leaves.
    if (first.selector !== undefined || second.selector !== undefined) return undefined;
    return "their exportTo differ, so clients that see both get the newer one alone";
  }
  if (rules.every(({ spec }) => isFields(field(spec, "trafficPolicy")))) {
    return "the trafficPolicy of the older one counts, the other's does not";
  }
  const names = rules.map(
    (rule) => new Map(subsetsOf(rule).map(({ name, index }) => [name, field(rule.spec, "subsets", index)])),
  );
  const twice = [...(names[0] ?? [])].find(([name, subset]) => {
    const too = names[1]?.get(name);
    return too !== undefined && !isDeepStrictEqual(subset, too);
  });
  return twice === undefined ? undefined : `both have subset ${twice[0]}, and the older one's counts`;
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
