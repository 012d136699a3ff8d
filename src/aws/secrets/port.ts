import type { Tags } from "../tags.ts";
import type { SecretValue } from "../../core/secret-value.ts";

export interface SecretSummary {
  readonly name: string;
  readonly arn: string;
  /** The AWS region of a replicated secret's primary; absent or the region itself where there are no replicas. */
  readonly primaryRegion?: string;
  /** When anything of it was last changed, its tags included. */
  readonly changedAt?: Date;
  /** A rotation by Lambda, or by the service that owns it, is turned on. */
  readonly rotatedByAws: boolean;
  readonly tags: Tags;
  /** The AWS service that made it and manages it. */
  readonly owner?: string;
  /** It is scheduled for deletion. */
  readonly deletedAt?: Date;
}

export interface Replica {
  readonly awsRegion: string;
  /** InSync, InProgress, Failed. */
  readonly status: string;
  readonly message?: string;
}

export interface SecretDescription extends SecretSummary {
  /** Staging labels by version id; versions without any are not listed. A label is at one version at a time. */
  readonly versions: Readonly<Record<string, readonly string[]>>;
  /** Empty where it is described in a replica's region. */
  readonly replicas: readonly Replica[];
}

export interface SecretVersion {
  readonly id: string;
  readonly createdAt?: Date;
  readonly value: SecretValue;
  /** It is stored as bytes instead of text. */
  readonly binary: boolean;
}

export type VersionQuery = { readonly stage: string } | { readonly versionId: string };

/** From which version to which a staging label goes: without `from` it is nowhere yet, without `to` it is taken off. */
export interface StageMove {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * AWS Secrets Manager in one AWS region. `id` is a secret's name or whole ARN. What is not there is undefined; errors
 * are those of the Aws port. Facts: docs.aws.amazon.com/secretsmanager/latest/apireference
 */
export interface SecretsManager {
  /** Pages of all secrets, without those scheduled for deletion. */
  list(signal: AbortSignal): AsyncIterable<readonly SecretSummary[]>;
  describe(id: string, signal: AbortSignal): Promise<SecretDescription | undefined>;
  /** Always by label or version: nothing relies on what AWS takes for the default. */
  version(id: string, which: VersionQuery, signal: AbortSignal): Promise<SecretVersion | undefined>;
  /**
   * Stores a version under an id of our choice, 32 to 64 characters, labelled AWSPENDING; the label leaves any other
   * version. Fine where that version has the same value already, AWS_REJECTED where it has another.
   */
  putPending(id: string, versionId: string, value: SecretValue, signal: AbortSignal): Promise<void>;
  /**
   * Moves a staging label, if it is at `from`; AWS_REJECTED where it is elsewhere. Moving AWSCURRENT also moves
   * AWSPREVIOUS to the version it leaves. Fine where it is at `to` already, or, without `to`, has left `from`.
   */
  moveStage(id: string, stage: string, move: StageMove, signal: AbortSignal): Promise<void>;
}
