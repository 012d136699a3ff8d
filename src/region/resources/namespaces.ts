import { canaryNamespace, componentNamespaces, systemNamespaces } from "../../core/reserved-namespaces.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";
import type { ComponentWorld } from "../components/component.ts";
import { isMeshWanted } from "../components/istio-chart.ts";
import { revisionLabel } from "../components/istio-tag.ts";
import { meshOf, revisionOf } from "../components/mesh-revisions.ts";
import { ownLabels } from "../world.ts";
import { neo4jName, wantsNeo4j } from "./stores/neo4j-facts.ts";
import { kubernetesObjects } from "./kubernetes-objects.ts";

/** https://kubernetes.io/docs/concepts/security/pod-security-admission/ */
const restricted = {
  "pod-security.kubernetes.io/enforce": "restricted",
  "pod-security.kubernetes.io/audit": "restricted",
  "pod-security.kubernetes.io/warn": "restricted",
};

export const namespaces = kubernetesObjects({
  id: "namespaces",
  title: "Namespaces",
  objects: (world) => {
    const all = namespaceObjects(world);
    // The others come from Git.
    return world.platform.platform === undefined ? all : all.filter(({ metadata }) => metadata.name === "argocd");
  },
});

export function namespaceObjects(world: Pick<ComponentWorld, "platform" | "mesh" | "versions">): readonly KubeObject[] {
  const canary = { [revisionLabel]: revisionOf(meshOf(world).installed.at(-1) ?? "") };
  return [
    // The platform's own components need more than the restricted standard allows.
    ...systemNamespaces.map((name) => namespace(name, world, {})),
    ...(world.platform.platform === undefined ? [] : componentNamespaces.map((name) => namespace(name, world, {}))),
    ...(isMeshWanted(world) ? [namespace(canaryNamespace, world, { ...canary, ...restricted })] : []),
    ...(wantsNeo4j(world) ? [namespace(neo4jName, world, { "istio-injection": "enabled", ...restricted })] : []),
    // The restricted standard does not allow Istio's init container, so the mesh needs Istio's CNI plugin.
    namespace(world.platform.name, world, { "istio-injection": "enabled", ...restricted }),
  ];
}

function namespace(
  name: string,
  world: Pick<ComponentWorld, "platform">,
  labels: Readonly<Record<string, string>>,
): KubeObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: { ...ownLabels(world), ...labels } } };
}
