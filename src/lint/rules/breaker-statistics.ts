import { statisticsAnnotation } from "../../istio/statistics-annotation.ts";
import { componentEdges } from "../call-edges.ts";
import { text, texts } from "../fields.ts";
import { isDestinationRule, ruleHost } from "../hosts.ts";
import { isKind, mayBeIn, type Manifest } from "../manifest.ts";
import { exportsBreakers, meshExports } from "../proxy-statistics.ts";
import { membershipIn } from "../membership.ts";
import type { Rule } from "../rule.ts";
import type { Unit } from "../unit.ts";
import { isWorkload, podAnnotations } from "../workloads.ts";

/** Rules that only their own namespace sees are there for callers in it. */
function isForCallersHere(rule: Manifest, unit: Unit): boolean {
  const to = texts(rule.value, "spec", "exportTo");
  const own = unit.manifests
    .filter((each) => isKind(each, "", "Service"))
    .map(({ name, namespace }) => `${name}.${namespace ?? rule.namespace}.svc.cluster.local`);
  return to.length === 1 && to[0] === "." && !own.includes(ruleHost(rule));
}

export const breakerStatistics: Rule = {
  id: "breaker/statistics",
  title: "a caller's proxy exports breaker statistics",
  explain:
    "Istio drops Envoy's outlier and breaker statistics unless they are asked for, and then nobody can see that a breaker is open. A caller is a workload of a component that depends on another one, or in a namespace with a DestinationRule that only it can see. Its pods need sidecar.istio.io/statsInclusionRegexps (or …Prefixes, …Suffixes) or proxy.istio.io/config with a proxyStatsMatcher that includes outlier_detection and circuit_breakers; one for the whole mesh in the MeshConfig (config map istio in istio-system, or an IstioOperator) counts where it is in the tree.",
  severity: "fail",
  fix: `annotate the pod template with ${statisticsAnnotation}`,
  examine(unit, tree) {
    if (tree.declared.some(meshExports)) return [];
    const rules = unit.manifests.filter((each) => isDestinationRule(each) && isForCallersHere(each, unit));
    const depends = componentEdges(unit, tree).length > 0;
    return unit.manifests
      .filter((each) => isWorkload(each) && membershipIn(each, unit, tree).state !== "refused")
      .filter((each) => depends || rules.some((rule) => mayBeIn(each, rule.namespace)))
      .filter((each) => !exportsBreakers(podAnnotations(each)))
      .map((manifest) => ({
        manifest,
        path: ["spec", "template", "metadata", "annotations"],
        summary: `calls other services${nameOf(rules)}, and its proxy does not export breaker statistics`,
      }));
  },
};

function nameOf(rules: readonly Manifest[]): string {
  const hosts = rules.map((rule) => text(rule.value, "spec", "host")).filter((host) => host !== undefined);
  return hosts.length === 0 ? "" : ` (${hosts.join(", ")})`;
}
