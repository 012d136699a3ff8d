import { addon } from "./addons.ts";
import { eksCluster } from "./eks-cluster.ts";
import { nodeGroup } from "./node-group.ts";
import { storageIdentity } from "./pod-identities.ts";

/** CoreDNS is a Deployment: without nodes it never becomes active. */
export const coredns = addon({
  name: "coredns",
  workload: { kind: "Deployment", name: "coredns" },
  needs: [eksCluster, nodeGroup],
});

/** Volumes of EBS; their default StorageClass is gennet's, because the driver's is not encrypted. */
export const storage = addon({
  name: "aws-ebs-csi-driver",
  workload: { kind: "Deployment", name: "ebs-csi-controller" },
  needs: [eksCluster, nodeGroup, storageIdentity],
});

/** What the autoscalers of services measure with. Auto Mode does not bring it. */
export const metrics = addon({
  name: "metrics-server",
  workload: { kind: "Deployment", name: "metrics-server" },
  needs: [eksCluster, nodeGroup],
  wanted: () => true,
});
