import type { SecretsManager } from "../aws/secrets-port.ts";
import type { Clock } from "../core/clock.ts";
import type { ExternalSecrets } from "../k8s/external-secrets/port.ts";
import type { Workloads } from "../k8s/workloads/port.ts";
import type { Payload } from "./payload.ts";

/** A region's cluster, where the secret may be read. */
export interface Site {
  /** The region's name in gennet.yaml. */
  readonly name: string;
  readonly awsRegion: string;
  /** Workloads are restarted wave by wave, the lowest first. */
  readonly wave: number;
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
export interface World {
  /** The secret's name in Secrets Manager. */
  readonly secret: string;
  readonly primary: Copy;
  /** Those in AWS regions of gennet.yaml. */
  readonly replicas: readonly Copy[];
  readonly sites: readonly Site[];
  readonly clock: Clock;
  readonly patience: Patience;
  /** Of this run alone. */
  readonly fingerprintKey: string;
  /** A version's text, read once; undefined where there is no such version. */
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

/** Both texts of a run. What cannot be read any more is a bug: stages ask for what the stages before have made. */
export async function textsOf(
  world: World,
  { before, target }: Pick<Versions, "before" | "target">,
  signal: AbortSignal,
): Promise<{ readonly before: Payload; readonly target: Payload }> {
  const [old, next] = await Promise.all([world.payload(before, signal), world.payload(target, signal)]);
  if (old === undefined || next === undefined) throw new Error("a version of the secret has no text");
  return { before: old, target: next };
}
