import type { SecretDescription, SecretsManager } from "../aws/secrets/port.ts";
import type { Clock } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import type { Finding } from "../core/finding.ts";
import type { ExternalSecrets } from "../k8s/external-secrets/port.ts";
import type { Workloads } from "../k8s/workloads/port.ts";
import type { Payload } from "./payload.ts";
import type { SecretIdentity } from "./identity.ts";

/** A region's cluster, in which the secret may be read. */
export interface Site {
  /** The region's name in gennet.yaml. */
  readonly name: string;
  readonly awsRegion: string;
  readonly accountId: string;
  /** Workloads are restarted wave by wave, lowest first. */
  readonly wave: number;
  /** The beginning of commands for its cluster: `kubectl --context eu`. */
  readonly kubectl: string;
  readonly externalSecrets: ExternalSecrets;
  readonly workloads: Workloads;
}

/** The secret in one AWS region: the primary, or a replica. */
export interface Copy {
  readonly awsRegion: string;
  readonly arn: string;
  readonly secrets: SecretsManager;
}

export interface Patience {
  readonly replicaMs: number;
  readonly syncMs: number;
  readonly rolloutMs: number;
}

/** Everything that a version of a secret passes through. */
export interface RotationWorld {
  /** The secret's name in Secrets Manager. */
  readonly secret: string;
  readonly identity: SecretIdentity;
  readonly primary: Copy;
  /** The replicas in AWS regions of gennet.yaml. */
  readonly replicas: readonly Copy[];
  readonly sites: readonly Site[];
  readonly clock: Clock;
  readonly patience: Patience;
  /** A random key of this run. */
  readonly fingerprintKey: string;
  /** Returns a version's value, read once; undefined if there is no such version. */
  payload(versionId: string, signal: AbortSignal): Promise<Payload | undefined>;
}

/** The versions that a run works with, by their ids. */
export interface Versions {
  readonly run: string;
  /** AWSCURRENT when the run began. */
  readonly before: string;
  readonly target: string;
  /** AWSPREVIOUS when the run began. */
  readonly previous?: string;
}

/** Returns both values of a run. Throws SECRET_VERSION_GONE if AWS no longer has one of them. */
export async function textsOf(
  world: RotationWorld,
  { before, target }: Pick<Versions, "before" | "target">,
  signal: AbortSignal,
): Promise<{ readonly before: Payload; readonly target: Payload }> {
  const [old, next] = await Promise.all([world.payload(before, signal), world.payload(target, signal)]);
  if (old !== undefined && next !== undefined) return { before: old, target: next };
  const gone = old === undefined ? before : target;
  throw new AppError("SECRET_VERSION_GONE", `Secrets Manager no longer has version ${gone} of ${world.secret}.`, {
    next: [`gennet secrets verify ${world.secret}`, `gennet secrets rollback ${world.secret} --accept`],
  });
}

/** A secret that was found, and everything that its values pass through. */
export interface OpenedSecret {
  readonly world: RotationWorld;
  readonly description: SecretDescription;
  /** Clusters that cannot be reached; only if the caller asked for them. */
  readonly findings: readonly Finding[];
}
