import { policyFor } from "../../istio/traffic-policy.ts";
import { isWildcard } from "../../istio/hosts.ts";
import { judgeOutlier, judgePool } from "../breaker-judges.ts";
import { type CallEdge, callEdges } from "../call-edges.ts";
import { dependenciesOn, unitsOfComponent } from "../catalog.ts";
import type { Manifest } from "../manifest.ts";
import { meshOf } from "../mesh-settings.ts";
import type { Observation, Rule } from "../rule.ts";
import { type Taken, takenRules } from "../taken-rule.ts";
import type { Tree } from "../tree.ts";
import { isOpen, sayRule } from "../unguarded.ts";
import type { Unit } from "../unit.ts";

export const breakerRule: Rule = {
  id: "breaker/rule",
  title: "a call has a DestinationRule",
  explain:
    "Every call from service to service goes through a circuit breaker (ADR-006), and the mesh's half of it is a DestinationRule for the host that is called. Calls are what catalog-info.yaml names in spec.dependsOn as component:NAME, the destinations of VirtualServices, and the hosts of ServiceEntries (these only as a warning where they lie outside the mesh). The rule of a call is the one that Istio takes: of the caller's namespace, else of the callee's, else of the root namespace (istio-system, or MeshConfig's rootNamespace), the most specific host in the first of them that has one, if its exportTo and workloadSelector let the caller have it. Only a host without a dot is completed, with the namespace of its rule. A wildcard's rule that neither limits nor ejects is no breaker. What a service calls without declaring it anywhere cannot be known from manifests.",
  severity: "fail",
  fix: "add a DestinationRule for the host with connectionPool and outlierDetection to the caller's namespace or the callee's",
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
    return [{ summary: `calls ${edge.target}, whose rule is ${sayRule(rule)}: it neither limits nor ejects` }];
  }
  if (isGuarded) return [];
  const summary =
    passedOver === undefined
      ? `calls ${edge.target}, for which there is no DestinationRule: the mesh has no breaker there`
      : `calls ${edge.target} without a breaker: ${passedOver}`;
  if (edge.isPlaceholder) {
    return [{ severity: "unknown", summary: `calls ${edge.target}: which host that is, is filled in later` }];
  }
  if (mayBe === undefined) return [{ lacks: ["DestinationRule"], summary }];
  return [
    {
      severity: "unknown",
      summary: `${summary}, unless ${mayBe.name} (${mayBe.file}), part of which is filled in later, is for it`,
    },
  ];
}

/** A component that is only catalogued here: its rules may be anywhere. */
function withoutManifests(manifest: Manifest, tree: Tree): Observation[] {
  if (!tree.entities("Component").includes(manifest) || unitsOfComponent(manifest, tree).length > 0) return [];
  return dependenciesOn(manifest, "component").map(({ name, index }) => ({
    manifest,
    path: ["spec", "dependsOn", index],
    summary: `calls ${name}, and its manifests are not among what was read`,
    severity: "unknown",
  }));
}
