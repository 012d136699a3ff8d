import type { KubeObject } from "../../core/kubernetes/object.ts";
import { guardrailObjects } from "../resources/guardrails.ts";
import { namespaceObjects } from "../resources/namespaces.ts";
import { argoCdNamespace, type PlatformComponent, type ComponentWorld } from "./component.ts";

/** Every namespace but Argo CD's, which exists before it; with the quota, limits and network policy of services. */
export const namespacesComponent: PlatformComponent = {
  id: "namespaces",
  title: "Namespaces",
  namespace: argoCdNamespace,
  wave: 0,
  workloads: [],
  isWanted: () => true,
  source: {
    manifests: (world) => [
      ...namespaceObjects(world)
        .filter(({ metadata }) => metadata.name !== argoCdNamespace)
        .map(kept),
      ...guardrailObjects(world),
    ],
  },
};

/** What is in a namespace goes with it, so a file that is missing by mistake must not remove one. */
function kept({ metadata, ...object }: KubeObject): KubeObject {
  return { ...object, metadata: { ...metadata, annotations: { ...metadata.annotations, ...keptByArgoCd } } };
}

/** With these annotations, Argo CD deletes an object in no case, and ignores it if it is no longer in Git. */
export const keptByArgoCd = {
  "argocd.argoproj.io/sync-options": "Prune=false,Delete=false",
  "argocd.argoproj.io/compare-options": "IgnoreExtraneous",
};

/** Returns the namespaces in which a region's components work. */
export function namespacesOf(world: ComponentWorld): readonly string[] {
  return namespaceObjects(world).map(({ metadata }) => metadata.name);
}
