import { fromEnv, fromIni, fromNodeProviderChain, fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import { memoize } from "@smithy/core/config";
import type { AwsCredentialIdentity, Provider, RetryStrategyV2, UserAgent } from "@smithy/types";
import { boundCredentialProcesses } from "./credential-process.ts";
import type { AwsTarget } from "./target.ts";
import { type AwsProfile, hasSource } from "./shared-config.ts";

/** How the clients that fetch credentials are made: like any other. */
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
  /** Asks for the code of the MFA device of that serial number; absent where there is nothing to ask on. */
  readonly mfaCode?: ((serial: string) => Promise<string>) | undefined;
}

// The SDK writes hints for its own developers to the console when it is given no logger.
export const silent = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

/** One process asks for a profile once: regions share it, and an MFA code is good for one call. */
const shared = new WeakMap<CredentialSettings["env"], Map<string, Provider<AwsCredentialIdentity>>>();

/** The credentials of a region: those of its profile, or else of the usual chain, with the region's role assumed. */
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
    // Without the region, which the SDK would prefer to the one that a profile has its SSO in.
    clientConfig: transport,
    parentClientConfig: { region },
    logger: silent,
    ...(mfaCode === undefined ? {} : { mfaCodeProvider: mfaCode }),
  };
  const isNamed = profile !== undefined && profile.namedBy !== "default";
  const wins = isNamed || (profile !== undefined && !env["AWS_ACCESS_KEY_ID"]);
  // The usual chain would continue to the role of this machine where the profile fails, and say nothing of the reason.
  if (wins && hasSource(profile)) return fromIni({ ...init, profile: profile.name });
  // The SDK passes the environment's keys over where AWS_PROFILE is set, and would take the role of this machine next.
  if (profile?.hidesKeys === true) return fromEnv({ logger: silent });
  return fromNodeProviderChain({ ...init, ...(isNamed ? { profile: profile.name } : {}) });
}

/** One answer for all clients: each would otherwise read files and assume the role for itself. */
function kept(provider: Provider<AwsCredentialIdentity>): Provider<AwsCredentialIdentity> {
  return memoize(provider, endsSoon, (held) => held.expiration !== undefined);
}

/** Within five minutes, the margin that the SDK's own clients keep. */
function endsSoon(held: AwsCredentialIdentity): boolean {
  return held.expiration !== undefined && held.expiration.getTime() - Date.now() < 300_000;
}

function nothing(): void {}
