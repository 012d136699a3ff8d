import { addon } from "./addons.ts";
import { eksCluster } from "./eks-cluster.ts";
import { nodeGroup } from "./node-group.ts";
import { storageIdentity } from "./pod-identities.ts";

/** CoreDNS is a Deployment: without nodes it never becomes active. */
export const coredns = addon({ name: "coredns", needs: [eksCluster, nodeGroup] });

/** Volumes of EBS, and the default StorageClass for them: https://github.com/kubernetes-sigs/aws-ebs-csi-driver */
export const storage = addon({
  name: "aws-ebs-csi-driver",
  needs: [eksCluster, nodeGroup, storageIdentity],
  configuration: { defaultStorageClass: { enabled: true } },
});
