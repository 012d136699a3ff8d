/** The caller's identity according to AWS. */
export interface CallerIdentity {
  readonly accountId: string;
  readonly arn: string;
}
