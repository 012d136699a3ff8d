import { addon } from "./addons.ts";
import { eksCluster } from "./eks-cluster.ts";
import { nodeGroup } from "./node-group.ts";
import { storageIdentity } from "./pod-identities.ts";
import { isManaged } from "./roles.ts";

/**
 * Without nodes, these Deployments never become active. They are removed after the nodes: until the last pod has left
 * them, it resolves names and detaches its volumes with these.
 */
const outlives = [nodeGroup];

export const coredns = addon({
  name: "coredns",
  workload: { kind: "Deployment", name: "coredns" },
  needs: [eksCluster, nodeGroup],
  outlives,
});

/** Volumes of EBS; their default StorageClass is gennet's, because the driver's is not encrypted. */
export const storage = addon({
  name: "aws-ebs-csi-driver",
  workload: { kind: "Deployment", name: "ebs-csi-controller" },
  needs: [eksCluster, nodeGroup, storageIdentity],
  outlives,
});

/**
 * Finds problems of a node that its kubelet does not report, so that EKS repairs it: its kernel, network, storage or
 * container runtime fails. It is installed after the nodes, which do not wait for it. Auto Mode has its own.
 * https://docs.aws.amazon.com/eks/latest/userguide/node-health.html
 */
export const monitoring = addon({
  name: "eks-node-monitoring-agent",
  workload: { kind: "DaemonSet", name: "eks-node-monitoring-agent" },
  needs: [eksCluster, nodeGroup],
  outlives,
  wanted: (world) => isManaged(world) && world.region.nodes.repair,
});

/** What the autoscalers of services measure with. Auto Mode does not bring it. */
export const metrics = addon({
  name: "metrics-server",
  workload: { kind: "Deployment", name: "metrics-server" },
  needs: [eksCluster, nodeGroup],
  wanted: () => true,
});
