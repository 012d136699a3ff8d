import { hostOf, type MergedRule, subsetsOf } from "../../istio/merged-rules.ts";
import { namespacesOf, ruleFor } from "../../istio/rule-for-call.ts";
import { areAlternatives } from "../alternatives.ts";
import { destinationsIn } from "../call-edges.ts";
import { texts } from "../fields.ts";
import { fullHost, isDestinationRule, standsFor } from "../hosts.ts";
import { isKind, type Manifest } from "../manifest.ts";
import { type TreeRule, toTreeRule } from "../mesh-rules.ts";
import { placeholderIn } from "../placeholders.ts";
import type { Rule } from "../rule.ts";
import type { Observation } from "../observation.ts";
import { callOf, indexOf } from "../taken-rule.ts";
import type { Tree } from "../tree.ts";
import type { Unit } from "../unit.ts";

export const meshSubset: Rule = {
  id: "mesh/subset",
  title: "a route's subset is in its host's DestinationRule",
  explain:
    "If a VirtualService routes to a subset that the host's DestinationRule does not define, calls fail: the caller's proxy has no such cluster and returns 503. The rule is the one that Istio uses for callers in the VirtualService's namespace (see breaker/rule), merged with other rules for the host as Istio merges them. If a rule in another namespace defines the subset, the route works for callers there, and it is a warning.",
  severity: "fail",
  fix: "add the subset to the host's DestinationRule, or route to an existing one",
  examine: (unit, tree) =>
    unit.manifests
      .filter((each) => isKind(each, "networking.istio.io", "VirtualService"))
      .flatMap((manifest) => lost(manifest, unit, tree)),
};

function lost(manifest: Manifest, unit: Unit, tree: Tree): readonly Observation[] {
  const rules = tree.beside(unit).filter(isDestinationRule);
  return destinationsIn(manifest).flatMap(({ host, subset, path }): Observation[] => {
    if (subset === undefined || placeholderIn(host) !== undefined || placeholderIn(subset) !== undefined) return [];
    const call = callOf(manifest, fullHost(host, manifest.namespace), tree.beside(unit));
    const index = indexOf(unit, tree, rules, call.from.namespace);
    const taken = ruleFor(index, call);
    if (taken !== undefined && has(taken, subset)) return [];
    const others = rules
      .map((rule) => toTreeRule(rule, call.from.namespace))
      .filter((rule) => standsFor(hostOf(rule), call.host) && subsetsOf(rule).some(({ name }) => name === subset));
    // Only one of the alternatives is applied, and it may be the one with the subset.
    if (others.length > 0 && (areAlternatives(unit) || isForGateways(manifest))) return [];
    const [other] = others;
    const observation = { manifest, path: [...path, "subset"] };
    if (other !== undefined) {
      const places = namespacesOf(index, call);
      const where = places.includes(other.namespace)
        ? "is not the rule of callers here"
        : `is in namespace ${other.namespace}`;
      const summary = `subset ${subset} of ${host} is in DestinationRule ${other.namespace}/${other.name}, which ${where}`;
      return [{ ...observation, summary, severity: "warn" }];
    }
    const having = taken === undefined ? "there is no DestinationRule for it" : `its rule has ${sayNames(taken)}`;
    return [
      {
        ...observation,
        summary: `subset ${subset} of ${host} is in no DestinationRule: ${having}`,
        lacks: ["DestinationRule"],
      },
    ];
  });
}

function has(rule: MergedRule<TreeRule>, subset: string): boolean {
  return rule.subsets.some(({ name }) => name === subset);
}

function sayNames({ subsets }: MergedRule<TreeRule>): string {
  return subsets.length === 0 ? "no subset" : subsets.map(({ name }) => name).join(", ");
}

/** The callers are gateways, in their own namespaces. */
function isForGateways({ value }: Manifest): boolean {
  const gateways = texts(value, "spec", "gateways");
  return gateways.length > 0 && !gateways.includes("mesh");
}
