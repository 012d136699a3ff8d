import type { Tags } from "../tags.ts";
import type { SecretValue } from "../../core/secret-value.ts";

export interface SecretSummary {
  readonly name: string;
  readonly arn: string;
  /** The AWS region of a replicated secret's primary. Absent, or this region, if there are no replicas. */
  readonly primaryRegion?: string;
  /** When anything in it last changed, including its tags. */
  readonly changedAt?: Date;
  /** Whether rotation by Lambda, or by the service that owns it, is turned on. */
  readonly rotatedByAws: boolean;
  readonly tags: Tags;
  /** The AWS service that created it and manages it. */
  readonly owner?: string;
  /** Present if it is scheduled for deletion. */
  readonly deletedAt?: Date;
}

export interface Replica {
  readonly awsRegion: string;
  /** InSync, InProgress, Failed. */
  readonly status: string;
  readonly message?: string;
}

export interface SecretDescription extends SecretSummary {
  /** Staging labels by version id, without versions that have none. A label is attached to one version at a time. */
  readonly versions: Readonly<Record<string, readonly string[]>>;
  /** Empty in a replica's region. */
  readonly replicas: readonly Replica[];
}

export interface SecretVersion {
  readonly id: string;
  readonly createdAt?: Date;
  readonly value: SecretValue;
  /** Whether it is stored as bytes instead of text. */
  readonly binary: boolean;
}

export type VersionQuery = { readonly stage: string } | { readonly versionId: string };

/**
 * The versions between which a staging label moves: without `from` it is not attached yet, without `to` it is removed.
 */
export interface StageMove {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * AWS Secrets Manager in one AWS region. `id` is a secret's name or complete ARN. A missing secret or version is
 * undefined; errors are those of the Aws port. Reference: docs.aws.amazon.com/secretsmanager/latest/apireference
 */
export interface SecretsManager {
  /** Returns pages of all secrets, except those scheduled for deletion. */
  list(signal: AbortSignal): AsyncIterable<readonly SecretSummary[]>;
  describe(id: string, signal: AbortSignal): Promise<SecretDescription | undefined>;
  /** Returns a version by its label or id. There is no default, so that nothing relies on AWS's. */
  version(id: string, which: VersionQuery, signal: AbortSignal): Promise<SecretVersion | undefined>;
  /**
   * Stores a version under the given id, 32 to 64 characters, and moves the label AWSPENDING to it. Does nothing if
   * that version already has the same value. Throws AWS_REJECTED if it has a different one.
   */
  putPending(id: string, versionId: string, value: SecretValue, signal: AbortSignal): Promise<void>;
  /**
   * Moves a staging label that is attached to `from`, and throws AWS_REJECTED if it is at another version. Moving
   * AWSCURRENT also moves AWSPREVIOUS to the version that loses it. Does nothing if the label is already at `to`, or if
   * there is no `to` and the label is no longer at `from`.
   */
  moveStage(id: string, stage: string, move: StageMove, signal: AbortSignal): Promise<void>;
}

export interface NewSecret {
  readonly name: string;
  readonly description: string;
  readonly value: SecretValue;
  readonly tags: Tags;
  /** The AWS regions that get a replica. */
  readonly replicas: readonly string[];
}

/** A version that is to be stored. */
export interface NewVersion {
  /** 32 to 64 characters. */
  readonly id: string;
  /** The staging label that moves to it. Unless that is AWSCURRENT, the value of the secret stays. */
  readonly stage: string;
}

/**
 * Creating, changing and deleting secrets. They are encrypted with the key `aws/secretsmanager` of their region: a key
 * that is scheduled for deletion would make a secret unreadable that can still be restored.
 */
export interface SecretLifecycle {
  /** Returns a password of letters and digits, which need no escaping anywhere; its length is at least 4. */
  randomPassword(length: number, signal: AbortSignal): Promise<SecretValue>;
  /** Throws AWS_REJECTED if there is a secret of this name, also one that is scheduled for deletion. */
  create(secret: NewSecret, signal: AbortSignal): Promise<void>;
  /** Stores a version like `putPending`, under another label. */
  put(id: string, version: NewVersion, value: SecretValue, signal: AbortSignal): Promise<void>;
  replicate(id: string, awsRegions: readonly string[], signal: AbortSignal): Promise<void>;
  /** Deletes replicas at once: there is no recovery window for them. */
  removeReplicas(id: string, awsRegions: readonly string[], signal: AbortSignal): Promise<void>;
  /** Schedules the deletion of a secret without replicas in 7 to 30 days; its name is reserved until then. */
  delete(id: string, days: number, signal: AbortSignal): Promise<void>;
  /** Cancels a scheduled deletion. */
  restore(id: string, signal: AbortSignal): Promise<void>;
}
