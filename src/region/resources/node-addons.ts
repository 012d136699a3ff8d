import { addon } from "./addons.ts";
import { eksCluster } from "./eks-cluster.ts";
import { networkIdentity } from "./pod-identities.ts";
import { podIdentityAgent } from "./pod-identity-agent.ts";

/** Add-ons that nodes need to become ready and to give pods an identity; they run on every node. */
export const nodeAddons = [
  addon({
    name: "vpc-cni",
    workload: { kind: "DaemonSet", name: "aws-node" },
    needs: [eksCluster, networkIdentity],
    // Without it, no NetworkPolicy has an effect: https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html
    configuration: { enableNetworkPolicy: "true" },
  }),
  addon({ name: "kube-proxy", workload: { kind: "DaemonSet", name: "kube-proxy" }, needs: [eksCluster] }),
  podIdentityAgent,
];
