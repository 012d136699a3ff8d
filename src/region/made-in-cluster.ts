import type { LoadBalancer } from "../aws/elbv2/port.ts";
import type { Tags } from "../aws/tags.ts";
import type { RegionWorld } from "./world.ts";

/**
 * Returns whether tags say that a cluster, or a controller in it, made something in AWS: EKS itself, the AWS Load Balancer
 * Controller, EKS Auto Mode, or Kubernetes' own controller. What clusters share is tagged `shared`.
 * https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/nlb/,
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSLoadBalancingPolicy.html
 */
export function isMadeIn(cluster: string, tags: Tags): boolean {
  return (
    tags["elbv2.k8s.aws/cluster"] === cluster ||
    tags["eks:eks-cluster-name"] === cluster ||
    tags["aws:eks:cluster-name"] === cluster ||
    tags[`kubernetes.io/cluster/${cluster}`] === "owned"
  );
}

/** Returns the load balancers that controllers in the region's cluster made; classic ones are not among them. */
export async function balancersOfCluster(
  { aws, region }: Pick<RegionWorld, "aws" | "region">,
  signal: AbortSignal,
): Promise<readonly LoadBalancer[]> {
  const all = await (await aws.service("elbv2")).loadBalancers(signal);
  return all.filter(({ tags }) => isMadeIn(region.cluster, tags));
}
