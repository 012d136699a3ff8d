import { addon } from "./addon.ts";
import { eksCluster } from "./eks-cluster.ts";

/** What nodes need in order to become ready and to give pods an identity; they run on every node. */
export const nodeAddons = ["vpc-cni", "kube-proxy", "eks-pod-identity-agent"].map((name) => addon(name, [eksCluster]));
