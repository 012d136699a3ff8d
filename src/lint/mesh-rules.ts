import { type DestinationRule, type MergedRule, inMergeOrder, mergeInto } from "../istio/merged-rules.ts";
import { areAlternatives } from "./alternatives.ts";
import { ownNamespace, isDestinationRule, ruleHost } from "./hosts.ts";
import { isSameObject, type Manifest } from "./manifest.ts";
import type { Unit } from "./unit.ts";

/** A DestinationRule of a tree, as the mesh will see it. */
export interface TreeRule extends DestinationRule {
  readonly manifest: Manifest;
}

/** Converts a manifest to a rule. `home` is its namespace if it names none. */
export function toTreeRule(manifest: Manifest, home = ownNamespace): TreeRule {
  const { name, namespace = home, value } = manifest;
  return { name, namespace, spec: value["spec"], manifest };
}

/**
 * Returns the rules that a unit's DestinationRules become after Istio merges them, each with its manifest. If the unit
 * declares an object more than once, only one of them can be in the cluster.
 */
export function mergedRules(unit: Unit): readonly { manifest: Manifest; merged: MergedRule<TreeRule> }[] {
  const rules = unit.manifests.filter(isDestinationRule);
  const isApart = areAlternatives(unit);
  const byHost = new Map<string, Manifest[]>();
  for (const rule of rules) {
    const key = `${rule.namespace ?? ownNamespace} ${ruleHost(rule)}`;
    byHost.set(key, [...(byHost.get(key) ?? []), rule]);
  }
  return [...byHost.values()].flatMap((alike) =>
    alike.flatMap((manifest) => {
      const beside = alike.filter(
        (other, at) =>
          !isSameObject(other, manifest) &&
          !(isApart && other.file !== manifest.file) &&
          alike.findIndex((each) => isSameObject(each, other)) === at,
      );
      const together = inMergeOrder([manifest, ...beside].map((each) => toTreeRule(each)));
      const all = together.reduce<MergedRule<TreeRule>[]>(mergeInto, []);
      return all
        .filter(({ from }) => from.some((rule) => rule.manifest === manifest))
        .map((merged) => ({ manifest, merged }));
    }),
  );
}
