import type { KubeObject } from "../../core/kubernetes/object.ts";
import type { ComponentWorld } from "../components/component.ts";
import { ownLabels } from "../world.ts";
import { kubernetesObjects } from "./kubernetes-objects.ts";
import { namespaces } from "./namespaces.ts";

/** Network policy, quota and defaults for pods in the platform's namespace. */
export const guardrails = kubernetesObjects({
  id: "guardrails",
  title: "Network policy, quota and limits",
  needs: [namespaces],
  objects: guardrailObjects,
});

export function guardrailObjects(world: Pick<ComponentWorld, "platform">): readonly KubeObject[] {
  const metadata = (name: string): { name: string; namespace: string; labels: Record<string, string> } => ({
    name,
    namespace: world.platform.name,
    labels: ownLabels(world),
  });
  return [
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: metadata("default-deny-ingress"),
      spec: { podSelector: {}, policyTypes: ["Ingress"] },
    },
    {
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: metadata("entrances"),
      // Traffic only enters through the mesh's gateway.
      spec: { hard: { "services.loadbalancers": "0", "services.nodeports": "0" } },
    },
    {
      apiVersion: "v1",
      kind: "LimitRange",
      metadata: metadata("defaults"),
      spec: {
        limits: [{ type: "Container", defaultRequest: { cpu: "100m", memory: "128Mi" }, default: { memory: "512Mi" } }],
      },
    },
  ];
}
