import type { PolicyDocument } from "../iam/policy-document.ts";
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

export interface NewKmsKey {
  readonly description: string;
  readonly policy: PolicyDocument;
  readonly tags: Tags;
}

/** KMS in one AWS region. `id` is a key's id or ARN. */
export interface Kms {
  /** Returns the state of a key, which may belong to another account. */
  state(id: string, signal: AbortSignal): Promise<KmsKeyState | undefined>;
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
