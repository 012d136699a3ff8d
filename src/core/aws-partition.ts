const partitions: readonly (readonly [prefix: string, partition: string])[] = [
  ["cn-", "aws-cn"],
  ["us-gov-", "aws-us-gov"],
  ["eusc-", "aws-eusc"],
];

/** `aws`, or the partition that a region is in: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export function partitionOf(awsRegion: string): string {
  return partitions.find(([prefix]) => awsRegion.startsWith(prefix))?.[1] ?? "aws";
}
