import { ownLabels } from "../world.ts";
import { kubernetesObjects } from "./kubernetes-objects.ts";
import { isAuto } from "./roles.ts";

/**
 * Without it, no NetworkPolicy has an effect on nodes of Auto Mode; elsewhere, the VPC CNI add-on has it.
 * https://docs.aws.amazon.com/eks/latest/userguide/auto-net-pol.html
 */
export const autoNetworkPolicies = kubernetesObjects({
  id: "network-policies",
  title: "Network policies of Auto Mode",
  wanted: isAuto,
  objects: (world) => [
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "amazon-vpc-cni", namespace: "kube-system", labels: ownLabels(world) },
      data: { "enable-network-policy-controller": "true" },
    },
  ],
});
