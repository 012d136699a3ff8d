import type { Ec2 } from "./ec2/port.ts";
import type { Eks } from "./eks/port.ts";
import type { Iam } from "./iam/port.ts";
import type { SecretsManager } from "./secrets-manager/port.ts";
import type { Identity } from "./sts/port.ts";

/** Where AWS calls go and as whom: the part of a region of gennet.yaml that AWS needs to know. */
export interface AwsTarget {
  readonly name: string;
  readonly awsRegion: string;
  readonly accountId: string;
  readonly profile?: string | undefined;
  readonly roleArn?: string | undefined;
}

/** The services that gennet calls, each in a folder of that name. A new one is a line here and in `services.ts`. */
export interface AwsServices {
  readonly ec2: Ec2;
  readonly eks: Eks;
  readonly iam: Iam;
  readonly "secrets-manager": SecretsManager;
}

/**
 * AWS as seen from one region. Errors are AppErrors: AWS_CREDENTIALS_MISSING, AWS_CREDENTIALS_EXPIRED,
 * AWS_CREDENTIALS_WRONG, AWS_DENIED, AWS_THROTTLED, AWS_UNREACHABLE, AWS_REJECTED. What is not there is undefined.
 */
export interface Aws {
  readonly target: AwsTarget;
  /** Who AWS says we are. Asked once. */
  identity(signal: AbortSignal): Promise<Identity>;
  /** The identity, which is in the account that gennet.yaml names; AWS_ACCOUNT_MISMATCH otherwise. */
  verifyAccount(signal: AbortSignal): Promise<Identity>;
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

export type Tags = Readonly<Record<string, string>>;
