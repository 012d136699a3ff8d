import { partitionOf } from "./aws-partition.ts";

interface EksCluster {
  readonly awsRegion: string;
  readonly accountId: string;
  readonly cluster: string;
}

/** `arn:aws:eks:eu-west-1:123456789012:cluster/shop`, which is also what `aws eks update-kubeconfig` names the context. */
export function clusterArn({ awsRegion, accountId, cluster }: EksCluster): string {
  return `arn:${partitionOf(awsRegion)}:eks:${awsRegion}:${accountId}:cluster/${cluster}`;
}
