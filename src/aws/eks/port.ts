import type { Tags } from "../tags.ts";
import type { ArgoCdCapability, ArgoCdChange, ArgoCdMapping, EksCapabilities, NewArgoCd } from "./capability.ts";
import type { AutoMode, ClusterChange, EksCluster, NewCluster } from "./cluster.ts";
import type { ClusterUpdate, EksClusterUpdates, VersionUpdate } from "./cluster-updates.ts";
import type { EksInsights } from "./insights.ts";
import type { NewNodegroup, Nodegroup, NodegroupChange, TemplateVersion } from "./nodegroup.ts";
import type { EksVersions } from "./versions.ts";

export type { ArgoCdCapability, ArgoCdChange, ArgoCdMapping, NewArgoCd };
export type { AutoMode, ClusterChange, EksCluster, NewCluster };
export type { NewNodegroup, Nodegroup, NodegroupChange, TemplateVersion };
export type { ClusterUpdate, VersionUpdate };

export interface Addon {
  readonly name: string;
  readonly arn: string;
  readonly status: string;
  readonly version?: string;
  /** JSON or YAML that changes its defaults, as it was given. */
  readonly configuration?: string;
  /** Health issues that EKS reports. */
  readonly issues: readonly string[];
  readonly tags: Tags;
}

export interface NewAddon {
  readonly cluster: string;
  readonly name: string;
  readonly version: string;
  readonly configuration?: string | undefined;
  readonly tags: Tags;
}

/** An add-on whose self-managed form is in the cluster, or may be. */
export interface AddonTakeover {
  /** Whether its fields are overwritten with those of EKS; otherwise, a conflict makes the creation fail. */
  readonly overwrites: boolean;
}

/** Versions of an add-on that are compatible with a version of Kubernetes. */
export interface AddonVersions {
  readonly default: string;
  readonly compatible: readonly string[];
}

export interface AccessEntry {
  readonly principalArn: string;
  /** ARNs of the access policies that apply to the whole cluster. */
  readonly clusterPolicies: readonly string[];
  readonly tags: Tags;
}

/** The IAM role of a service account. */
export interface PodIdentity {
  readonly id: string;
  readonly arn: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly roleArn: string;
  readonly tags: Tags;
}

export type NewPodIdentity = Omit<PodIdentity, "id" | "arn">;

/** A part of a cluster that is created and deleted by itself. */
export type ClusterPart = { readonly nodegroup: string } | { readonly addon: string } | { readonly capability: string };

/**
 * EKS in one AWS region. An update waits for another one that is in progress, and then until it has ended itself: EKS
 * makes one at a time. If it fails, the call throws AWS_REJECTED with the errors that EKS reports. A deletion returns
 * when it has begun; deleting what is gone does nothing.
 */
export interface Eks extends EksVersions, EksClusterUpdates, EksInsights, EksCapabilities {
  /** Returns the Kubernetes version of new clusters that do not request one. */
  defaultVersion(signal: AbortSignal): Promise<string>;
  cluster(name: string, signal: AbortSignal): Promise<EksCluster | undefined>;
  /** Throws UnsupportedZones. */
  createCluster(cluster: NewCluster, signal: AbortSignal): Promise<EksCluster>;
  /** Sets tags of a cluster, or of a part of one, and leaves its others. */
  tag(arn: string, tags: Tags, signal: AbortSignal): Promise<void>;
  updateCluster(name: string, change: ClusterChange, signal: AbortSignal): Promise<void>;
  deleteCluster(name: string, signal: AbortSignal): Promise<void>;
  /** Waits until a cluster, or a part of it, is not being created, updated or deleted. It may be gone then. */
  settled(cluster: string, part: ClusterPart | undefined, signal: AbortSignal): Promise<void>;
  /** Returns the names of all node groups of a cluster; none if the cluster does not exist. */
  nodegroupNames(cluster: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Returns all node groups of a cluster; none if the cluster does not exist. */
  nodegroups(cluster: string, signal: AbortSignal): Promise<readonly Nodegroup[]>;
  nodegroup(cluster: string, name: string, signal: AbortSignal): Promise<Nodegroup | undefined>;
  createNodegroup(nodegroup: NewNodegroup, signal: AbortSignal): Promise<Nodegroup>;
  updateNodegroup(cluster: string, name: string, change: NodegroupChange, signal: AbortSignal): Promise<void>;
  /**
   * Replaces every node by one that is launched with this version of the same template, in the latest image for this
   * Kubernetes version, which may not be older than the group's. `template` is undefined for a group without one.
   */
  rollNodegroup(
    cluster: string,
    group: Pick<Nodegroup, "name" | "version">,
    template: TemplateVersion | undefined,
    signal: AbortSignal,
  ): Promise<void>;
  deleteNodegroup(cluster: string, name: string, signal: AbortSignal): Promise<void>;
  /** Returns the names of all add-ons of a cluster; none if the cluster does not exist. */
  addonNames(cluster: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Returns all add-ons of a cluster; none if the cluster does not exist. */
  addons(cluster: string, signal: AbortSignal): Promise<readonly Addon[]>;
  addon(cluster: string, name: string, signal: AbortSignal): Promise<Addon | undefined>;
  /** Throws AWS_REJECTED if EKS does not offer the add-on for this version of Kubernetes. */
  addonVersions(name: string, kubernetes: string, signal: AbortSignal): Promise<AddonVersions>;
  createAddon(addon: NewAddon & AddonTakeover, signal: AbortSignal): Promise<Addon>;
  /** Updates an add-on, and preserves fields that were changed in the cluster. */
  updateAddon(addon: Omit<NewAddon, "tags">, signal: AbortSignal): Promise<void>;
  /** Deletes an add-on with what it runs in the cluster. */
  deleteAddon(cluster: string, name: string, signal: AbortSignal): Promise<void>;
  /** Ends EKS's management of an add-on, which runs on: nodes do not lose their network meanwhile. */
  releaseAddon(cluster: string, name: string, signal: AbortSignal): Promise<void>;
  accessEntry(cluster: string, principalArn: string, signal: AbortSignal): Promise<AccessEntry | undefined>;
  accessEntries(cluster: string, signal: AbortSignal): Promise<readonly AccessEntry[]>;
  createAccessEntry(cluster: string, principalArn: string, tags: Tags, signal: AbortSignal): Promise<void>;
  /** Deletes an access entry with its policies. */
  deleteAccessEntry(cluster: string, principalArn: string, signal: AbortSignal): Promise<void>;
  /** Associates an access policy for the whole cluster. */
  associatePolicy(cluster: string, principalArn: string, policyArn: string, signal: AbortSignal): Promise<void>;
  /** Returns the association of a service account. */
  podIdentity(
    cluster: string,
    account: Pick<PodIdentity, "namespace" | "serviceAccount">,
    signal: AbortSignal,
  ): Promise<PodIdentity | undefined>;
  createPodIdentity(cluster: string, identity: NewPodIdentity, signal: AbortSignal): Promise<void>;
  setPodIdentityRole(cluster: string, id: string, roleArn: string, signal: AbortSignal): Promise<void>;
  deletePodIdentity(cluster: string, id: string, signal: AbortSignal): Promise<void>;
}
