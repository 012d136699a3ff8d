import { fromEnv, fromIni, fromNodeProviderChain, fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import { memoize } from "@smithy/core/config";
import type { AwsCredentialIdentity, Provider, RetryStrategyV2, UserAgent } from "@smithy/types";
import { boundCredentialProcesses } from "./credential-process.ts";
import type { AwsTarget } from "./target.ts";
import { type AwsProfile, hasSource } from "./shared-config.ts";

/** The settings of clients that fetch credentials: the same as those of all other clients. */
interface ClientSettings {
  readonly region: string;
  readonly requestHandler: object;
  readonly customUserAgent: UserAgent;
  readonly retryStrategy: RetryStrategyV2;
  readonly logger: typeof silent;
}

export interface CredentialSettings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly requestTimeoutMs: number;
  /** Prompts for the code of the MFA device with this serial number; absent if there is no terminal. */
  readonly mfaCode?: ((serial: string) => Promise<string>) | undefined;
}

// Without a logger, the SDK writes hints for developers to the console.
export const silent = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

/** Credentials by profile, for all regions: an MFA code is only valid for one call. */
const shared = new WeakMap<CredentialSettings["env"], Map<string, Provider<AwsCredentialIdentity>>>();

/**
 * Returns the credentials of a region: from its profile, otherwise from the SDK's default chain, with the region's role
 * assumed.
 */
export function credentialsOf(
  target: AwsTarget,
  profile: AwsProfile | undefined,
  client: ClientSettings,
  settings: CredentialSettings,
): Provider<AwsCredentialIdentity> {
  boundCredentialProcesses(settings.requestTimeoutMs);
  const base = sharedBase(profile, client, settings);
  if (target.roleArn === undefined) return base;
  const params = { RoleArn: target.roleArn, RoleSessionName: "gennet" };
  return kept(fromTemporaryCredentials({ masterCredentials: base, params, clientConfig: client }));
}

function sharedBase(
  profile: AwsProfile | undefined,
  client: ClientSettings,
  settings: CredentialSettings,
): Provider<AwsCredentialIdentity> {
  const known = shared.get(settings.env) ?? new Map<string, Provider<AwsCredentialIdentity>>();
  shared.set(settings.env, known);
  const key = profile?.name ?? "";
  const base = known.get(key) ?? kept(baseOf(profile, client, settings));
  known.set(key, base);
  return base;
}

function baseOf(
  profile: AwsProfile | undefined,
  { region, ...transport }: ClientSettings,
  { env, mfaCode }: CredentialSettings,
): Provider<AwsCredentialIdentity> {
  const init = {
    // Without the region, which the SDK would use instead of the profile's SSO region.
    clientConfig: transport,
    parentClientConfig: { region },
    logger: silent,
    ...(mfaCode === undefined ? {} : { mfaCodeProvider: mfaCode }),
  };
  const isNamed = profile !== undefined && profile.namedBy !== "default";
  const wins = isNamed || (profile !== undefined && !env["AWS_ACCESS_KEY_ID"]);
  // If the profile fails, the default chain would silently fall back to the role of this machine.
  if (wins && hasSource(profile)) return fromIni({ ...init, profile: profile.name });
  // If AWS_PROFILE is set, the default chain skips keys in the environment, and would use the role of this machine.
  if (profile?.hidesKeys === true) return fromEnv({ logger: silent });
  return fromNodeProviderChain({ ...init, ...(isNamed ? { profile: profile.name } : {}) });
}

/** Caches credentials for all clients. Otherwise, each client would read the files and assume the role. */
function kept(provider: Provider<AwsCredentialIdentity>): Provider<AwsCredentialIdentity> {
  return memoize(provider, endsSoon, (held) => held.expiration !== undefined);
}

/** Returns whether credentials expire within five minutes, the margin of the SDK's own clients. */
function endsSoon(held: AwsCredentialIdentity): boolean {
  return held.expiration !== undefined && held.expiration.getTime() - Date.now() < 300_000;
}

function nothing(): void {}
