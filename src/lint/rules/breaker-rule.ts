import { policyFor } from "../../istio/traffic-policy.ts";
import { isWildcard } from "../../istio/hosts.ts";
import { judgeOutlier, judgePool } from "../breaker-judges.ts";
import { type CallEdge, callEdges } from "../call-edges.ts";
import { dependenciesOn, unitsOfComponent } from "../catalog.ts";
import type { Manifest } from "../manifest.ts";
import { meshOf } from "../mesh-settings.ts";
import type { Rule } from "../rule.ts";
import type { Observation } from "../observation.ts";
import { type Taken, takenRules } from "../taken-rule.ts";
import type { Tree } from "../tree.ts";
import { isOpen, sayRule } from "../unguarded.ts";
import type { Unit } from "../unit.ts";

export const breakerRule: Rule = {
  id: "breaker/rule",
  title: "a call has a DestinationRule",
  explain:
    "Every call between services goes through a circuit breaker (ADR-006). The mesh's part of it is a DestinationRule for the host of the callee. Calls are declared in spec.dependsOn of catalog-info.yaml as component:NAME, in the destinations of VirtualServices, and in the hosts of ServiceEntries (warnings only if they are outside the mesh). gennet determines the rule of a call as Istio does: it searches the caller's namespace, then the callee's, then the root namespace (istio-system, or MeshConfig's rootNamespace), and takes the most specific host in the first namespace that has one, if exportTo and workloadSelector allow it for the caller. Istio only completes hosts without a dot, with the namespace of the rule. A wildcard rule that neither limits nor ejects is not a breaker. Calls that a service does not declare anywhere cannot be determined from manifests.",
  severity: "fail",
  fix: "add a DestinationRule for the host, with connectionPool and outlierDetection, to the namespace of the caller or the callee",
  examine: (unit, tree) => [
    ...callEdges(unit, tree).flatMap((edge) => judgeEdge(edge, unit, tree)),
    ...unit.manifests.flatMap((manifest) => withoutManifests(manifest, tree)),
  ],
};

function judgeEdge(edge: CallEdge, unit: Unit, tree: Tree): readonly Observation[] {
  const said = takenRules(edge, unit, tree).flatMap((taken) => sayTaken(edge, taken, tree));
  const [first] = said;
  if (first === undefined) return [];
  const { manifest, path } = edge;
  return [{ manifest, path, ...(edge.external ? { severity: "warn" } : {}), ...first }];
}

function sayTaken(
  edge: CallEdge,
  { rule, passedOver, mayBe }: Taken,
  tree: Tree,
): readonly Pick<Observation, "summary" | "severity" | "lacks">[] {
  const mesh = meshOf(tree);
  const { connectionPool, outlierDetection } = policyFor(rule, {}, mesh);
  const isGuarded = !isOpen(judgePool(connectionPool.value, {})) || !isOpen(judgeOutlier(outlierDetection.value, {}));
  if (rule !== undefined) {
    if (!isWildcard(rule.host) || isGuarded) return [];
    return [{ summary: `calls ${edge.target}, but its rule ${sayRule(rule)} neither limits nor ejects` }];
  }
  if (isGuarded) return [];
  const summary =
    passedOver === undefined
      ? `calls ${edge.target} without a DestinationRule, so the mesh has no breaker for it`
      : `calls ${edge.target} without a breaker: ${passedOver}`;
  if (edge.isPlaceholder) {
    return [{ severity: "unknown", summary: `calls ${edge.target}, whose host contains a placeholder` }];
  }
  if (mayBe === undefined) return [{ lacks: ["DestinationRule"], summary }];
  return [
    {
      severity: "unknown",
      summary: `${summary}, unless ${mayBe.name} (${mayBe.file}), which contains a placeholder, applies to it`,
    },
  ];
}

/** A component that is only in the catalogue here: its rules may be elsewhere. */
function withoutManifests(manifest: Manifest, tree: Tree): Observation[] {
  if (!tree.entities("Component").includes(manifest) || unitsOfComponent(manifest, tree).length > 0) return [];
  return dependenciesOn(manifest, "component").map(({ name, index }) => ({
    manifest,
    path: ["spec", "dependsOn", index],
    summary: `calls ${name}, whose manifests are not in the tree`,
    severity: "unknown",
  }));
}
