/** Who AWS takes the caller for. */
export interface Identity {
  readonly accountId: string;
  readonly arn: string;
}
