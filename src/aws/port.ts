import type { AwsServices } from "./services.ts";
import type { CallerIdentity } from "./sts/port.ts";
import type { AwsTarget } from "./target.ts";

/**
 * AWS as seen from one region. Errors are AppErrors: AWS_CREDENTIALS_MISSING, AWS_CREDENTIALS_EXPIRED,
 * AWS_CREDENTIALS_WRONG, AWS_DENIED, AWS_THROTTLED, AWS_UNREACHABLE, AWS_REJECTED. What is not there is undefined.
 */
export interface Aws {
  readonly target: AwsTarget;
  /** Who AWS says we are. Asked once. */
  identity(signal: AbortSignal): Promise<CallerIdentity>;
  /** The identity, which is in the account that gennet.yaml names; AWS_ACCOUNT_MISMATCH otherwise. */
  verifyAccount(signal: AbortSignal): Promise<CallerIdentity>;
  /** A bearer token for the cluster's API server, good for at least a minute; made without a call. */
  eksToken(cluster: string, signal: AbortSignal): Promise<string>;
  /** The port of a service, connected when it is first asked for. */
  service<S extends keyof AwsServices>(name: S): Promise<AwsServices[S]>;
  close(): Promise<void>;
}

/** AWS as far as some calls of one service: what a feature asks for, so that its tests implement only these. */
export interface AwsCalls<S extends keyof AwsServices, K extends keyof AwsServices[S]> {
  service(name: S): Promise<Pick<AwsServices[S], K>>;
}
