import { meshConfigOf } from "../../istio/mesh-config.ts";
import { statisticsAnnotation } from "../../istio/statistics-annotation.ts";
import { componentEdges } from "../call-edges.ts";
import { text, texts } from "../fields.ts";
import { isDestinationRule, ruleHost } from "../hosts.ts";
import { isKind, mayBeIn, type Manifest } from "../manifest.ts";
import { mayHaveSidecar } from "../membership.ts";
import { meshConfigsIn, unseenMeshValues } from "../mesh-settings.ts";
import { exportsBreakers } from "../proxy-statistics.ts";
import type { Rule } from "../rule.ts";
import type { Observation } from "../observation.ts";
import type { Unit } from "../unit.ts";
import { isWorkload, podAnnotations } from "../workloads.ts";

/** Rules that are visible only in their own namespace are for callers in it. */
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
    "By default, Istio does not export Envoy's outlier and breaker statistics, so it cannot be determined whether a breaker is open. A caller is a workload of a component that depends on another one, or in a namespace with a DestinationRule that is only visible there. Its pods need sidecar.istio.io/statsInclusionRegexps (or …Prefixes, …Suffixes) or proxy.istio.io/config with a proxyStatsMatcher that includes outlier_detection and circuit_breakers. A setting for the whole mesh in the MeshConfig counts if it is in the tree: the ConfigMap istio in istio-system, an IstioOperator, or values of istiod's chart (a file, an Application's or HelmRelease's, a ConfigMap that a HelmRelease refers to). If istiod gets values from files or objects outside the tree, the result is unknown. A pod's annotation replaces the MeshConfig's list of the same kind.",
  severity: "fail",
  fix: `annotate the pod template with ${statisticsAnnotation}`,
  examine(unit, tree) {
    const configs = meshConfigsIn(tree);
    const meshes = configs.length === 0 ? [meshConfigOf(undefined)] : configs;
    const rules = unit.manifests.filter((each) => isDestinationRule(each) && isForCallersHere(each, unit));
    const depends = componentEdges(unit, tree).length > 0;
    return unit.manifests
      .filter((each) => isWorkload(each) && mayHaveSidecar(each, unit, tree))
      .filter((each) => depends || rules.some((rule) => mayBeIn(each, rule.namespace)))
      .flatMap((manifest): Observation[] => {
        const exporting = meshes.filter((mesh) => exportsBreakers(podAnnotations(manifest), mesh));
        if (exporting.length === meshes.length) return [];
        const path = ["spec", "template", "metadata", "annotations"];
        const summary = `calls other services${nameOf(rules)}, but its proxy does not export breaker statistics`;
        const unseen = configs.length === 0 ? unseenMeshValues(tree) : undefined;
        if (unseen !== undefined) {
          return [
            {
              manifest,
              path,
              summary: `${summary}, unless the mesh configuration enables it: ${unseen}`,
              severity: "unknown",
            },
          ];
        }
        if (exporting.length === 0) return [{ manifest, path, summary }];
        const some = `${summary}, unless its mesh is one of the ${exporting.length} of ${meshes.length} MeshConfigs that enable it`;
        return [{ manifest, path, summary: some, severity: "unknown" }];
      });
  },
};

function nameOf(rules: readonly Manifest[]): string {
  const hosts = rules.map((rule) => text(rule.value, "spec", "host")).filter((host) => host !== undefined);
  return hosts.length === 0 ? "" : ` (${hosts.join(", ")})`;
}
