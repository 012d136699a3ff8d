import type { SecretDescription, SecretsManager } from "../aws/secrets/port.ts";
import type { Clock } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import type { Finding } from "../core/finding.ts";
import type { ExternalSecrets } from "../k8s/external-secrets/port.ts";
import type { Workloads } from "../k8s/workloads/port.ts";
import type { Payload } from "./payload.ts";
import type { SecretIdentity } from "./identity.ts";

/** A region's cluster, where the secret may be read. */
export interface Site {
  /** The region's name in gennet.yaml. */
  readonly name: string;
  readonly awsRegion: string;
  readonly accountId: string;
  /** Workloads are restarted wave by wave, the lowest first. */
  readonly wave: number;
  /** How commands for its cluster begin: `kubectl --context eu`. */
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

/** Where a version of a secret goes its way. */
export interface RotationWorld {
  /** The secret's name in Secrets Manager. */
  readonly secret: string;
  readonly identity: SecretIdentity;
  readonly primary: Copy;
  /** Those in AWS regions of gennet.yaml. */
  readonly replicas: readonly Copy[];
  readonly sites: readonly Site[];
  readonly clock: Clock;
  readonly patience: Patience;
  /** Of this run alone. */
  readonly fingerprintKey: string;
  /** A version's value, read once; undefined where there is no such version. */
  payload(versionId: string, signal: AbortSignal): Promise<Payload | undefined>;
}

/** The versions that a run is about, by their ids. */
export interface Versions {
  readonly run: string;
  /** AWSCURRENT when the run began. */
  readonly before: string;
  readonly target: string;
  /** AWSPREVIOUS when the run began. */
  readonly previous?: string;
}

/** Both values of a run. Throws SECRET_VERSION_GONE where AWS no longer has one. */
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

/** A secret that was found, and where its values go. */
export interface OpenedSecret {
  readonly world: RotationWorld;
  readonly description: SecretDescription;
  /** Clusters that cannot be reached; only where that was asked for. */
  readonly findings: readonly Finding[];
}
