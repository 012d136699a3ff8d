import { field, text, texts } from "../fields.ts";
import { isDestinationRule, ruleHost } from "../hosts.ts";
import { isSameObject, type Manifest } from "../manifest.ts";
import type { Rule } from "../rule.ts";

export const meshOneRule: Rule = {
  id: "mesh/one-rule",
  title: "one DestinationRule for one host",
  explain:
    "Istio looks in the caller's namespace, then in the callee's, then in istio-system, and takes what the first of them has. Two rules for one host in one namespace are not added up: subsets are merged in the order of their creation, and of the policies only the first counts. Rules in different namespaces do not collide, and neither do rules for different workloads (workloadSelector) or those that no namespace sees both of (exportTo). Rules of plain files in different folders may be for different clusters, and are not compared.",
  severity: "fail",
  fix: 'make one rule of them; callers that need their own have it in their namespace with exportTo: ["."]',
  examine(unit) {
    const rules = unit.manifests.filter(isDestinationRule);
    return rules.flatMap((rule, index) => {
      const other = rules.slice(0, index).find((before) => collide(before, rule));
      if (other === undefined) return [];
      const { file, line } = other.locate(["spec", "host"]);
      const summary = `${text(rule.value, "spec", "host")} has a rule already: ${other.name} (${file}:${line})`;
      return [{ manifest: rule, path: ["spec", "host"], summary }];
    });
  },
};

function collide(one: Manifest, other: Manifest): boolean {
  return (
    !isSameObject(one, other) &&
    one.namespace === other.namespace &&
    ruleHost(one) === ruleHost(other) &&
    selectorOf(one) === selectorOf(other) &&
    seenTogether(one, other)
  );
}

function selectorOf({ value }: Manifest): string {
  return JSON.stringify(field(value, "spec", "workloadSelector") ?? null);
}

function seenTogether(one: Manifest, other: Manifest): boolean {
  const [to, too] = [one, other].map(({ value, namespace }) => {
    const names = texts(value, "spec", "exportTo").map((name) => (name === "." ? (namespace ?? ".") : name));
    return names.length === 0 ? ["*"] : names;
  }) as [string[], string[]];
  return to.includes("*") || too.includes("*") || to.some((name) => too.includes(name));
}
