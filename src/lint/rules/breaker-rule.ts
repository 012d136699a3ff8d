import { callEdges, rulesFor } from "../call-edges.ts";
import { dependenciesOn, unitsOfComponent } from "../catalog.ts";
import type { Manifest } from "../manifest.ts";
import type { Observation, Rule } from "../rule.ts";
import type { Tree } from "../tree.ts";

export const breakerRule: Rule = {
  id: "breaker/rule",
  title: "a call has a DestinationRule",
  explain:
    "Every call from service to service goes through a circuit breaker (ADR-006), and the mesh's half of it is a DestinationRule for the host that is called. Calls are what catalog-info.yaml names in spec.dependsOn as component:NAME, the destinations of VirtualServices, and the hosts of ServiceEntries (these only as a warning where they lie outside the mesh). A rule counts where its host stands for the one that is called, also by a wildcard, and its exportTo lets the caller see it. What a service calls without declaring it anywhere cannot be known from manifests.",
  severity: "fail",
  fix: "add a DestinationRule for the host with connectionPool and outlierDetection",
  examine: (unit, tree) => [
    ...callEdges(unit, tree)
      .filter((edge) => rulesFor(edge, unit, tree).length === 0)
      .map((edge): Observation => ({
        manifest: edge.manifest,
        path: edge.path,
        summary: `calls ${edge.target}, for which there is no DestinationRule: the mesh has no breaker there`,
        lacks: true,
        ...(edge.external ? { severity: "warn" } : {}),
      })),
    ...unit.manifests.flatMap((manifest) => withoutManifests(manifest, tree)),
  ],
};

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
