import type { PolicyDocument } from "../../core/iam-policy.ts";
import type { Tags } from "../tags.ts";

export type KmsKeyState =
  | "Creating"
  | "Enabled"
  | "Disabled"
  | "PendingDeletion"
  | "PendingImport"
  | "PendingReplicaDeletion"
  | "Unavailable"
  | "Updating"
  | (string & {});

export interface KmsKey {
  readonly id: string;
  readonly arn: string;
  readonly state: KmsKeyState;
  readonly description: string;
  /** Whether its material is rotated every year. */
  readonly rotates: boolean;
  readonly policy: PolicyDocument;
  readonly tags: Tags;
  /** When it is deleted; present while it is pending deletion. */
  readonly deletedAt?: Date;
}

/** What is known of a key that may belong to another account. */
export interface UsableKey {
  readonly arn: string;
  readonly state: KmsKeyState;
  /** SYMMETRIC_DEFAULT, RSA_2048, … */
  readonly spec: string;
  /** ENCRYPT_DECRYPT, SIGN_VERIFY, … */
  readonly usage: string;
}

export interface NewKmsKey {
  readonly description: string;
  readonly policy: PolicyDocument;
  readonly tags: Tags;
}

/** KMS in one AWS region. `id` is a key's id or ARN. */
export interface Kms {
  /** Finds a key, which may belong to another account, by id, ARN or alias. */
  usable(id: string, signal: AbortSignal): Promise<UsableKey | undefined>;
  /** Finds a key of this account by id, ARN, or alias (`alias/acme-eu`). */
  key(id: string, signal: AbortSignal): Promise<KmsKey | undefined>;
  /** Returns the keys that have these tags. Asks for the tags of every key: KMS does not search. */
  keys(tags: Tags, signal: AbortSignal): Promise<readonly KmsKey[]>;
  /** Creates a symmetric key and returns its id. It takes no idempotency token: an earlier attempt is found by tags. */
  createKey(key: NewKmsKey, signal: AbortSignal): Promise<string>;
  /** Gives a key an alias. An alias that another key has is moved. */
  setAlias(alias: string, id: string, signal: AbortSignal): Promise<void>;
  setDescription(id: string, description: string, signal: AbortSignal): Promise<void>;
  setPolicy(id: string, policy: PolicyDocument, signal: AbortSignal): Promise<void>;
  enableRotation(id: string, signal: AbortSignal): Promise<void>;
  enableKey(id: string, signal: AbortSignal): Promise<void>;
  /** Leaves the key disabled. */
  cancelDeletion(id: string, signal: AbortSignal): Promise<void>;
  /** Disables a key, and deletes it after 7 to 30 days. */
  scheduleDeletion(id: string, days: number, signal: AbortSignal): Promise<void>;
}
