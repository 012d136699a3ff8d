/** Who AWS takes the caller for. */
export interface CallerIdentity {
  readonly accountId: string;
  readonly arn: string;
}
