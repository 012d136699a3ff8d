import type { SecretValue } from "../../core/secret-value.ts";
import type { Tags } from "../tags.ts";

export type CacheEngine = "valkey" | "redis";

/** A replication group with one shard: a primary node and its replicas. */
export interface ReplicationGroup {
  readonly id: string;
  /** available, creating, modifying, deleting, create-failed, snapshotting. */
  readonly status: string;
  /** The statuses of its nodes, each once. */
  readonly nodeStatuses: readonly string[];
  readonly engine: string;
  /** `8.0.1`; absent while it has no nodes. */
  readonly version?: string;
  readonly nodeType: string;
  /** The nodes beside the primary one. */
  readonly replicas: number;
  readonly multiAz: boolean;
  readonly failover: boolean;
  /** Whether connections may use TLS (preferred) or must (required). */
  readonly tls: "off" | "preferred" | "required";
  readonly encrypted: boolean;
  readonly keyArn?: string;
  readonly userGroups: readonly string[];
  readonly subnetGroup: string;
  readonly securityGroupIds: readonly string[];
  /** What ElastiCache last reported of a group that is neither available nor being changed or deleted. */
  readonly lastEvent?: string;
  /** The names of the values that ElastiCache accepted but has not applied. */
  readonly pending: readonly string[];
  readonly host?: string;
  readonly port?: number;
  readonly tags: Tags;
}

/** What ModifyReplicationGroup changes. */
export interface CacheSettings {
  readonly nodeType: string;
  readonly version: string;
  /** Whether a replica in another zone takes over: Multi-AZ with automatic failover. */
  readonly multiAz: boolean;
  readonly securityGroupIds: readonly string[];
  readonly userGroup: string;
}

export interface NewReplicationGroup extends CacheSettings {
  readonly id: string;
  readonly engine: CacheEngine;
  readonly replicas: number;
  readonly keyArn: string;
  readonly subnetGroup: string;
  readonly tags: Tags;
}

export interface CacheUser {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  /** active, modifying, deleting. */
  readonly status: string;
  readonly engine: string;
  /** `on ~* +@all`. */
  readonly access: string;
  /** At most two; their values cannot be read. */
  readonly passwords: number;
  readonly tags: Tags;
}

export interface NewCacheUser {
  readonly id: string;
  readonly name: string;
  readonly engine: CacheEngine;
  readonly access: string;
  /** 16 to 128 printable characters. */
  readonly password: SecretValue;
  readonly tags: Tags;
}

export interface CacheUserGroup {
  readonly id: string;
  /** creating, active, modifying, deleting. */
  readonly status: string;
  readonly engine: string;
  readonly userIds: readonly string[];
  readonly tags: Tags;
}

export interface CacheSubnetGroup {
  readonly name: string;
  readonly subnetIds: readonly string[];
  readonly tags: Tags;
}

/**
 * ElastiCache in one AWS region. Names are unique, so a repeated create call never creates a second resource; a create
 * call accepts a resource of its name that has all of its tags.
 * Reference: docs.aws.amazon.com/AmazonElastiCache/latest/APIReference
 */
export interface ElastiCache {
  replicationGroup(id: string, signal: AbortSignal): Promise<ReplicationGroup | undefined>;
  /** Creates a group that requires TLS and encrypts its data. */
  createReplicationGroup(group: NewReplicationGroup, signal: AbortSignal): Promise<void>;
  /** Changes an available group immediately. */
  modifyReplicationGroup(id: string, changes: Partial<CacheSettings>, signal: AbortSignal): Promise<void>;
  /** Turns TLS on as `preferred`, or makes it `required` where it is preferred. */
  changeTls(id: string, mode: "preferred" | "required", signal: AbortSignal): Promise<void>;
  changeReplicas(id: string, from: number, to: number, signal: AbortSignal): Promise<void>;
  /** Deletes a group with all of its data. */
  deleteReplicationGroup(id: string, signal: AbortSignal): Promise<void>;
  /** Returns the names of the snapshots that users made and that are encrypted with a key: ElastiCache keeps those. */
  snapshotsWith(keyArn: string, signal: AbortSignal): Promise<readonly string[]>;
  user(id: string, signal: AbortSignal): Promise<CacheUser | undefined>;
  createUser(user: NewCacheUser, signal: AbortSignal): Promise<void>;
  /** Replaces what a user may do, and all of its passwords if one is given. */
  modifyUser(id: string, access: string, password: SecretValue | undefined, signal: AbortSignal): Promise<void>;
  deleteUser(id: string, signal: AbortSignal): Promise<void>;
  userGroup(id: string, signal: AbortSignal): Promise<CacheUserGroup | undefined>;
  createUserGroup(
    group: Omit<CacheUserGroup, "status" | "engine"> & { readonly engine: CacheEngine },
    signal: AbortSignal,
  ): Promise<void>;
  modifyUserGroup(id: string, add: readonly string[], remove: readonly string[], signal: AbortSignal): Promise<void>;
  deleteUserGroup(id: string, signal: AbortSignal): Promise<void>;
  subnetGroup(name: string, signal: AbortSignal): Promise<CacheSubnetGroup | undefined>;
  createSubnetGroup(group: CacheSubnetGroup, signal: AbortSignal): Promise<void>;
  modifySubnetGroup(name: string, subnetIds: readonly string[], signal: AbortSignal): Promise<void>;
  deleteSubnetGroup(name: string, signal: AbortSignal): Promise<void>;
}
