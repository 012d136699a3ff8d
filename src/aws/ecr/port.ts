import type { Tags } from "../tags.ts";

export interface ImageRepository {
  readonly name: string;
  readonly arn: string;
  readonly uri: string;
  /** Whether a tag can never be moved to another image. */
  readonly immutableTags: boolean;
  readonly scansOnPush: boolean;
  /** AES256, KMS or KMS_DSSE; it cannot change. */
  readonly encryption: string;
  /** JSON with sorted keys; absent if there is none. */
  readonly lifecyclePolicy?: string;
  readonly tags: Tags;
}

export interface NewRepository {
  readonly name: string;
  readonly immutableTags: boolean;
  readonly scansOnPush: boolean;
  readonly tags: Tags;
}

/** A rule of the registry: images of repositories with one of the prefixes are copied to each destination. */
export interface ReplicationRule {
  readonly destinations: readonly { readonly awsRegion: string; readonly accountId: string }[];
  /** Of no prefix, the rule is for all repositories. */
  readonly prefixes: readonly string[];
}

/**
 * What a repository gets that ECR creates for images from another region. Tags and a customer's key would need an IAM
 * role for ECR, so that there are none.
 */
export interface CreationTemplate {
  readonly prefix: string;
  readonly appliedFor: readonly string[];
  readonly immutableTags: boolean;
  readonly encryption: string;
  readonly lifecyclePolicy?: string;
  /** A template has no tags: this says whose it is. */
  readonly description: string;
}

/**
 * ECR in one AWS region. Repositories and templates have unique names, so a repeated create call never creates a second
 * one. Reference: docs.aws.amazon.com/AmazonECR/latest/APIReference
 */
export interface Ecr {
  /** Returns the repositories whose names begin with the prefix. */
  repositories(prefix: string, signal: AbortSignal): Promise<readonly ImageRepository[]>;
  /** Creates a repository with the key of ECR. Accepts one of its name that has all of its tags. */
  createRepository(repository: NewRepository, signal: AbortSignal): Promise<void>;
  setTagMutability(name: string, immutable: boolean, signal: AbortSignal): Promise<void>;
  setScanning(name: string, onPush: boolean, signal: AbortSignal): Promise<void>;
  setLifecyclePolicy(name: string, policy: string, signal: AbortSignal): Promise<void>;
  /** Deletes a repository with all images. */
  deleteRepository(name: string, signal: AbortSignal): Promise<void>;
  replicationRules(signal: AbortSignal): Promise<readonly ReplicationRule[]>;
  /** Replaces all rules of the registry, also those of others. */
  setReplicationRules(rules: readonly ReplicationRule[], signal: AbortSignal): Promise<void>;
  creationTemplate(prefix: string, signal: AbortSignal): Promise<CreationTemplate | undefined>;
  createCreationTemplate(template: CreationTemplate, signal: AbortSignal): Promise<void>;
  updateCreationTemplate(template: CreationTemplate, signal: AbortSignal): Promise<void>;
  deleteCreationTemplate(prefix: string, signal: AbortSignal): Promise<void>;
}
