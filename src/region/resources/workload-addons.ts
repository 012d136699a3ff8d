import { addon } from "./addons.ts";
import { eksCluster } from "./eks-cluster.ts";
import { nodeGroup } from "./node-group.ts";
import { storageIdentity } from "./pod-identities.ts";

/**
 * Without nodes, these Deployments never become active. They are removed after the nodes: until the last pod has left
 * them, it resolves names and detaches its volumes with these.
 */
const outlives = [nodeGroup];

export const coredns = addon({ name: "coredns", needs: [eksCluster, nodeGroup], outlives });

/** Volumes of EBS; their default StorageClass is gennet's, because the driver's is not encrypted. */
export const storage = addon({ name: "aws-ebs-csi-driver", needs: [eksCluster, nodeGroup, storageIdentity], outlives });
