import type { AwsServices } from "./services.ts";
import type { CallerIdentity } from "./sts/port.ts";
import type { AwsTarget } from "./target.ts";

/**
 * AWS for one region. Errors are AppErrors: AWS_CREDENTIALS_MISSING, AWS_CREDENTIALS_EXPIRED, AWS_CREDENTIALS_WRONG,
 * AWS_DENIED, AWS_THROTTLED, AWS_UNREACHABLE, AWS_REJECTED. A missing resource is undefined.
 */
export interface Aws {
  readonly target: AwsTarget;
  /** Returns the caller's identity, which is only requested once. */
  identity(signal: AbortSignal): Promise<CallerIdentity>;
  /**
   * Returns the caller's identity. Throws AWS_ACCOUNT_MISMATCH if it is not in the account that gennet.yaml specifies.
   */
  verifyAccount(signal: AbortSignal): Promise<CallerIdentity>;
  /** Returns a bearer token for the cluster's API server, valid for at least a minute. Makes no call. */
  eksToken(cluster: string, signal: AbortSignal): Promise<string>;
  /** Returns the port of a service, connected on first use. */
  service<S extends keyof AwsServices>(name: S): Promise<AwsServices[S]>;
  close(): Promise<void>;
}

/** Some calls of one AWS service: features take this type, so that their tests only implement these calls. */
export interface AwsCalls<S extends keyof AwsServices, K extends keyof AwsServices[S]> {
  service(name: S): Promise<Pick<AwsServices[S], K>>;
}
