import { managedRole } from "./managed-role.ts";

/** https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html */
export const nodeRole = managedRole({
  id: "node-role",
  title: "IAM role of the nodes",
  suffix: "node",
  service: "ec2.amazonaws.com",
  policies: ["AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryPullOnly"],
});
