/**
 * The partitions other than `aws`, with the first part of their regions' names, and the end of their host names. A test
 * compares them with the list of AWS's SDK.
 */
const partitions: readonly (readonly [prefix: string, partition: string, hosts: string])[] = [
  ["cn-", "aws-cn", "amazonaws.com.cn"],
  ["us-gov-", "aws-us-gov", "amazonaws.com"],
  ["eusc-", "aws-eusc", "amazonaws.eu"],
  ["us-iso-", "aws-iso", "c2s.ic.gov"],
  ["us-isob-", "aws-iso-b", "sc2s.sgov.gov"],
  ["us-isof-", "aws-iso-f", "csp.hci.ic.gov"],
  ["eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"],
];

/** Returns `aws`, or the partition that a region is in: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export function partitionOf(awsRegion: string): string {
  return partitions.find(([prefix]) => awsRegion.startsWith(prefix))?.[1] ?? "aws";
}

/** Returns the end of the host names and service principals of services that have them per partition. */
export function dnsSuffixOf(awsRegion: string): string {
  return partitionOf(awsRegion) === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
}

/** Returns the end of the names of AWS's hosts in the partition of a region. */
export function hostSuffixOf(awsRegion: string): string {
  return partitions.find(([prefix]) => awsRegion.startsWith(prefix))?.[2] ?? "amazonaws.com";
}

/**
 * Returns the values of `kms:ViaService` that mean a service of a region. Where hosts have other names than service
 * principals do, AWS does not document which of them it is.
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 */
export function viaServices(service: string, awsRegion: string): readonly string[] {
  return [...new Set([dnsSuffixOf(awsRegion), hostSuffixOf(awsRegion)])].map(
    (suffix) => `${service}.${awsRegion}.${suffix}`,
  );
}

export interface ClusterIdentity {
  readonly awsRegion: string;
  readonly accountId: string;
  readonly cluster: string;
}

/** Returns the ARN of what a service has in a region and an account; the path may have wildcards. */
export function arnIn(
  { awsRegion, accountId }: Omit<ClusterIdentity, "cluster">,
  service: string,
  path: string,
): string {
  return `arn:${partitionOf(awsRegion)}:${service}:${awsRegion}:${accountId}:${path}`;
}

/**
 * Returns the ARN of an EKS cluster, which is also what `aws eks update-kubeconfig` names the context:
 * `arn:aws:eks:eu-west-1:123456789012:cluster/shop`.
 */
export function clusterArn(identity: ClusterIdentity): string {
  return arnIn(identity, "eks", `cluster/${identity.cluster}`);
}
