/**
 * The partitions other than `aws`, with the first part of their regions' names. A test compares them with the list of
 * AWS's SDK.
 */
const partitions: readonly (readonly [prefix: string, partition: string])[] = [
  ["cn-", "aws-cn"],
  ["us-gov-", "aws-us-gov"],
  ["eusc-", "aws-eusc"],
  ["us-iso-", "aws-iso"],
  ["us-isob-", "aws-iso-b"],
  ["us-isof-", "aws-iso-f"],
  ["eu-isoe-", "aws-iso-e"],
];

/** Returns `aws`, or the partition that a region is in: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export function partitionOf(awsRegion: string): string {
  return partitions.find(([prefix]) => awsRegion.startsWith(prefix))?.[1] ?? "aws";
}

/** Returns the end of the host names and service principals of services that have them per partition. */
export function dnsSuffixOf(awsRegion: string): string {
  return partitionOf(awsRegion) === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
}

interface ClusterIdentity {
  readonly awsRegion: string;
  readonly accountId: string;
  readonly cluster: string;
}

/**
 * Returns the ARN of an EKS cluster, which is also what `aws eks update-kubeconfig` names the context:
 * `arn:aws:eks:eu-west-1:123456789012:cluster/shop`.
 */
export function clusterArn({ awsRegion, accountId, cluster }: ClusterIdentity): string {
  return `arn:${partitionOf(awsRegion)}:eks:${awsRegion}:${accountId}:cluster/${cluster}`;
}
