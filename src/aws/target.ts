/** The target and identity of AWS calls: the part of a region in gennet.yaml that concerns AWS. */
export interface AwsTarget {
  readonly name: string;
  readonly awsRegion: string;
  readonly accountId: string;
  readonly profile?: string | undefined;
  readonly roleArn?: string | undefined;
}
