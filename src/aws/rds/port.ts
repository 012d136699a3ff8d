import type { SecretValue } from "../../core/secret-value.ts";
import type { Tags } from "../tags.ts";

export interface DbInstance {
  readonly id: string;
  readonly arn: string;
  /** `available`, `creating`, `modifying`, …: the documentation lists them, the API has no enumeration. */
  readonly status: string;
  /** AWS's own id, which no other instance ever gets: `db-ABCDEFGHIJKL`. */
  readonly resourceId: string;
  /** `postgres`, `aurora-postgresql`, … */
  readonly engine: string;
  /** Whether RDS keeps its password in a secret, and rotates it. */
  readonly managesPassword: boolean;
  readonly vpcId: string;
  /** `17.4`. */
  readonly version: string;
  readonly instanceClass: string;
  readonly storageGb: number;
  readonly storageType: string;
  readonly multiAz: boolean;
  readonly encrypted: boolean;
  readonly keyArn?: string;
  readonly subnetGroup: string;
  readonly securityGroupIds: readonly string[];
  readonly parameterGroup: string;
  /** in-sync, applying, pending-reboot, failed-to-apply, pending-database-upgrade. */
  readonly parameterStatus: string;
  readonly backupDays: number;
  readonly deletionProtection: boolean;
  readonly tagsSnapshots: boolean;
  readonly isPublic: boolean;
  /** `open-source-rds-extended-support`, or the same with `-disabled`. */
  readonly lifecycle: string;
  /** The source of a read replica: its id in the same region, its ARN in another one. */
  readonly replicaOf?: string;
  /** The read replicas of a source: ids, or ARNs in other regions. */
  readonly replicas: readonly string[];
  /** What RDS last reported of an instance that is being created, or whose status is not one of normal operation. */
  readonly lastEvent?: string;
  /** Why replication does not run, as RDS reports it. */
  readonly replicationProblem?: string;
  /** The names of the values that RDS accepted but has not applied, as RDS calls them. */
  readonly pending: readonly string[];
  /** Those of them that are settings. */
  readonly pendingSettings: Partial<DbSettings>;
  readonly host?: string;
  readonly port?: number;
  readonly database?: string;
  readonly username: string;
  /** The certificate of its server: the CA that signed it, and when it ends. */
  readonly certificate?: { readonly authority: string; readonly until: Date };
  readonly tags: Tags;
}

/** What ModifyDBInstance changes. */
export interface DbSettings {
  readonly instanceClass: string;
  readonly storageGb: number;
  /** `gp3`. */
  readonly storageType: string;
  readonly version: string;
  readonly multiAz: boolean;
  readonly securityGroupIds: readonly string[];
  readonly parameterGroup: string;
  readonly backupDays: number;
  readonly deletionProtection: boolean;
  readonly tagsSnapshots: boolean;
  readonly isPublic: boolean;
  readonly lifecycle: string;
}

export interface NewDbInstance extends DbSettings {
  readonly id: string;
  readonly database: string;
  readonly username: string;
  /** 8 to 128 printable ASCII characters without `/`, `"`, `@` and space. */
  readonly password: SecretValue;
  readonly keyArn: string;
  readonly subnetGroup: string;
  readonly tags: Tags;
}

/**
 * A read replica of an instance in another region. It gets the engine's default parameter group and no backups:
 * CreateDBInstanceReadReplica accepts neither for PostgreSQL across regions.
 */
export interface NewDbReplica extends Omit<
  DbSettings,
  "storageGb" | "storageType" | "version" | "parameterGroup" | "backupDays" | "lifecycle"
> {
  readonly id: string;
  readonly sourceArn: string;
  /** A key of the region of the replica. */
  readonly keyArn: string;
  readonly subnetGroup: string;
  readonly tags: Tags;
}

/** What stays of an instance that is deleted. RDS takes a snapshot of no replica, and of none in some failures. */
export type DbRemains = { readonly snapshot: string } | "backups" | "nothing";

/** What is encrypted with a KMS key, and lost with it. */
export interface DbsWithKey {
  readonly instances: readonly DbInstance[];
  /** The ids of snapshots that were made by a user, or as the final ones of instances. */
  readonly snapshots: readonly string[];
  /** The ids of deleted instances whose automated backups stay. */
  readonly backups: readonly string[];
}

export interface DbSubnetGroup {
  readonly name: string;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly tags: Tags;
}

export interface DbParameterGroup {
  readonly name: string;
  /** `postgres17`. */
  readonly family: string;
  /** The parameters that were set by a user. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: Tags;
}

/**
 * RDS in one AWS region. Names are unique, so a repeated create call never creates a second resource; a create call
 * accepts a resource of its name that has all of its tags. Reference: docs.aws.amazon.com/AmazonRDS/latest/APIReference
 */
export interface Rds {
  instance(id: string, signal: AbortSignal): Promise<DbInstance | undefined>;
  createInstance(instance: NewDbInstance, signal: AbortSignal): Promise<void>;
  createReplica(replica: NewDbReplica, signal: AbortSignal): Promise<void>;
  /** Changes an available instance immediately, not in its maintenance window. */
  modifyInstance(id: string, changes: Partial<DbSettings>, signal: AbortSignal): Promise<void>;
  /** Reboots without a failover. */
  rebootInstance(id: string, signal: AbortSignal): Promise<void>;
  /** Deletes an instance, and its automated backups unless these are to stay. Does nothing if it is being deleted. */
  deleteInstance(id: string, remains: DbRemains, signal: AbortSignal): Promise<void>;
  /** Returns the ids of the snapshots that a user made of an instance, and of its final one, also once it is gone. */
  snapshots(instanceId: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Reads all instances, snapshots and backups of the region: RDS does not search by key. */
  encryptedWith(keyArn: string, signal: AbortSignal): Promise<DbsWithKey>;
  subnetGroup(name: string, signal: AbortSignal): Promise<DbSubnetGroup | undefined>;
  createSubnetGroup(group: Omit<DbSubnetGroup, "vpcId">, signal: AbortSignal): Promise<void>;
  modifySubnetGroup(name: string, subnetIds: readonly string[], signal: AbortSignal): Promise<void>;
  deleteSubnetGroup(name: string, signal: AbortSignal): Promise<void>;
  parameterGroup(name: string, signal: AbortSignal): Promise<DbParameterGroup | undefined>;
  createParameterGroup(group: Omit<DbParameterGroup, "parameters">, signal: AbortSignal): Promise<void>;
  /** Sets parameters; static ones apply with the next reboot. */
  setParameters(name: string, parameters: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void>;
  deleteParameterGroup(name: string, signal: AbortSignal): Promise<void>;
}
