/** Where AWS calls go and as whom: the part of a region of gennet.yaml that AWS needs to know. */
export interface AwsTarget {
  readonly name: string;
  readonly awsRegion: string;
  readonly accountId: string;
  readonly profile?: string | undefined;
  readonly roleArn?: string | undefined;
}
