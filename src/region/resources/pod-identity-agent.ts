import { addon } from "./addons.ts";
import { eksCluster } from "./eks-cluster.ts";

/**
 * Gives pods the credentials of their Pod Identity association. A pod that is created with an association finds no other
 * credentials, so this runs before there is one. Auto Mode brings it.
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html
 */
export const podIdentityAgent = addon({
  name: "eks-pod-identity-agent",
  workload: { kind: "DaemonSet", name: "eks-pod-identity-agent" },
  needs: [eksCluster],
});
