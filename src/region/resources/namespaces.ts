import { componentNamespaces, systemNamespaces } from "../../core/reserved-namespaces.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";
import { ownLabels, type RegionWorld } from "../world.ts";
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
  objects: namespaceObjects,
});

export function namespaceObjects(world: Pick<RegionWorld, "platform">): readonly KubeObject[] {
  return [
    // The platform's own components need more than the restricted standard allows.
    ...systemNamespaces.map((name) => namespace(name, world, {})),
    ...(world.platform.platform === undefined ? [] : componentNamespaces.map((name) => namespace(name, world, {}))),
    // The restricted standard does not allow Istio's init container, so the mesh needs Istio's CNI plugin.
    namespace(world.platform.name, world, { "istio-injection": "enabled", ...restricted }),
  ];
}

function namespace(
  name: string,
  world: Pick<RegionWorld, "platform">,
  labels: Readonly<Record<string, string>>,
): KubeObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: { ...ownLabels(world), ...labels } } };
}
