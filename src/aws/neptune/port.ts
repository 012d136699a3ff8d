import type { Tags } from "../tags.ts";

/** What can change after the creation of a cluster. */
export interface NeptuneSettings {
  /** `1.4.7.0`. */
  readonly version: string;
  readonly securityGroupIds: readonly string[];
  /** The name of its DB cluster parameter group. */
  readonly parameterGroup: string;
  readonly backupDays: number;
  readonly deletionProtection: boolean;
  readonly tagsSnapshots: boolean;
  /** Whether requests must be signed; without that, whatever reaches the port may read and write. */
  readonly requiresIam: boolean;
  /** What it exports to CloudWatch: `audit`, `slowquery`. */
  readonly logs: readonly string[];
}

export interface NeptuneCluster extends NeptuneSettings {
  readonly id: string;
  readonly arn: string;
  /** AWS's own id, which no other cluster ever gets, and by which IAM policies name it: `cluster-ABCDEFGHIJKL`. */
  readonly resourceId: string;
  /** `available`, `creating`, `modifying`, …: the API has no enumeration. */
  readonly status: string;
  /** What AWS last wrote about it, unless its status is as usual. */
  readonly lastEvent?: string;
  /** `neptune`; RDS has clusters of other engines under the same names. */
  readonly engine: string;
  readonly encrypted: boolean;
  readonly keyArn?: string;
  readonly subnetGroup: string;
  readonly members: readonly NeptuneMember[];
  /** The names of the values that Neptune accepted but has not applied, as Neptune calls them. */
  readonly pending: readonly string[];
  /** Those of them that are settings. */
  readonly pendingSettings: Partial<NeptuneSettings>;
  readonly host?: string;
  readonly reader?: string;
  readonly port?: number;
  readonly tags: Tags;
}

/** An instance as its cluster knows it. */
export interface NeptuneMember {
  readonly id: string;
  readonly isWriter: boolean;
  /** in-sync, pending-reboot: whether it uses the parameters of the cluster's group. */
  readonly parameterStatus: string;
}

export interface NewNeptuneCluster extends NeptuneSettings {
  readonly id: string;
  readonly keyArn: string;
  readonly subnetGroup: string;
  readonly tags: Tags;
}

/** What ModifyDBCluster changes; `logs` are those that are added and removed. */
export interface NeptuneChanges extends Partial<Omit<NeptuneSettings, "logs">> {
  readonly logs?: { readonly added: readonly string[]; readonly removed: readonly string[] };
}

export interface NeptuneInstanceSettings {
  /** `db.r6g.large`. */
  readonly instanceClass: string;
  /** Whether AWS upgrades the minor version of the cluster in a maintenance window. */
  readonly upgradesItself: boolean;
}

export interface NeptuneInstance extends NeptuneInstanceSettings {
  readonly id: string;
  readonly status: string;
  /** What AWS last wrote about it, unless its status is as usual. */
  readonly lastEvent?: string;
  readonly clusterId: string;
  /** The class that Neptune accepted but has not applied. */
  readonly pendingClass?: string;
  readonly tags: Tags;
}

export interface NewNeptuneInstance extends NeptuneInstanceSettings {
  readonly id: string;
  readonly clusterId: string;
  readonly tags: Tags;
}

/** What is encrypted with a KMS key, and lost with it. */
export interface NeptuneWithKey {
  readonly clusters: readonly Pick<NeptuneCluster, "id" | "resourceId" | "status">[];
  /** The ids of snapshots that were made by a user, or as the final ones of clusters. */
  readonly snapshots: readonly string[];
}

/** A DB cluster parameter group. */
export interface NeptuneParameterGroup {
  readonly name: string;
  /** `neptune1.4`. */
  readonly family: string;
  /** The parameters that were set by a user. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: Tags;
}

/**
 * Neptune in one AWS region. Names are unique, so a repeated create call never creates a second resource; a create call
 * accepts a resource of its name that has all of its tags. Subnet groups are those of RDS.
 * Reference: docs.aws.amazon.com/neptune/latest/apiref
 */
export interface Neptune {
  cluster(id: string, signal: AbortSignal): Promise<NeptuneCluster | undefined>;
  createCluster(cluster: NewNeptuneCluster, signal: AbortSignal): Promise<void>;
  /** Changes an available cluster immediately, not in its maintenance window. */
  modifyCluster(id: string, changes: NeptuneChanges, signal: AbortSignal): Promise<void>;
  /** Deletes a cluster without instances; its data stays in the final snapshot, if there is one. */
  deleteCluster(id: string, finalSnapshot: string | undefined, signal: AbortSignal): Promise<void>;
  /** Returns the ids of the snapshots that a user made of a cluster, and of its final one, also once it is gone. */
  snapshots(clusterId: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Reads all clusters and cluster snapshots of the region: there is no search by key. */
  encryptedWith(keyArn: string, signal: AbortSignal): Promise<NeptuneWithKey>;
  /** Returns the instances of a cluster, no matter who made them. */
  instances(clusterId: string, signal: AbortSignal): Promise<readonly NeptuneInstance[]>;
  createInstance(instance: NewNeptuneInstance, signal: AbortSignal): Promise<void>;
  /** Changes an available instance immediately, not in its maintenance window. */
  modifyInstance(id: string, changes: Partial<NeptuneInstanceSettings>, signal: AbortSignal): Promise<void>;
  rebootInstance(id: string, signal: AbortSignal): Promise<void>;
  /** Does nothing if it is being deleted. */
  deleteInstance(id: string, signal: AbortSignal): Promise<void>;
  parameterGroup(name: string, signal: AbortSignal): Promise<NeptuneParameterGroup | undefined>;
  createParameterGroup(group: Omit<NeptuneParameterGroup, "parameters">, signal: AbortSignal): Promise<void>;
  /** Sets parameters, which apply with the next reboot of each instance. */
  setParameters(name: string, parameters: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void>;
  deleteParameterGroup(name: string, signal: AbortSignal): Promise<void>;
}
