import { managedRole } from "./managed-role.ts";

/** https://docs.aws.amazon.com/eks/latest/userguide/cluster-iam-role.html */
export const clusterRole = managedRole({
  id: "cluster-role",
  title: "IAM role of the cluster",
  suffix: "cluster",
  service: "eks.amazonaws.com",
  policies: ["AmazonEKSClusterPolicy"],
});
