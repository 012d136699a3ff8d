import type { Tags } from "../tags.ts";
import type { EksVersions } from "./versions.ts";

export type ClusterStatus = "CREATING" | "ACTIVE" | "DELETING" | "FAILED" | "UPDATING" | "PENDING" | (string & {});
export type AuthenticationMode = "API" | "API_AND_CONFIG_MAP" | "CONFIG_MAP" | (string & {});

export interface EksCluster {
  readonly name: string;
  readonly arn: string;
  readonly status: ClusterStatus;
  /** Kubernetes minor version, `1.34`. */
  readonly version: string;
  /** https URL of the API server; absent while the cluster is being created. */
  readonly endpoint?: string;
  /** The API server's CA bundle, base64 of PEM; absent while the cluster is being created. */
  readonly certificateAuthority?: string;
  readonly createdAt?: Date;
  readonly roleArn: string;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly publicAccess: boolean;
  readonly privateAccess: boolean;
  readonly authenticationMode: AuthenticationMode;
  /** The control plane's log types that go to CloudWatch: api, audit, … */
  readonly logging: readonly string[];
  readonly tags: Tags;
  /** Health issues that EKS reports. */
  readonly issues: readonly string[];
}

export interface NewCluster {
  readonly name: string;
  readonly version: string;
  readonly roleArn: string;
  readonly subnetIds: readonly string[];
  readonly authenticationMode: "API" | "API_AND_CONFIG_MAP";
  readonly logging: readonly string[];
  readonly tags: Tags;
}

export interface Scaling {
  readonly min: number;
  readonly desired: number;
  readonly max: number;
}

export interface Nodegroup {
  readonly name: string;
  readonly status: string;
  /** Kubernetes minor version of its nodes. */
  readonly version?: string;
  readonly instanceTypes: readonly string[];
  readonly scaling: Scaling;
  readonly subnetIds: readonly string[];
  /** Health issues that EKS reports. */
  readonly issues: readonly string[];
}

export interface NewNodegroup {
  readonly cluster: string;
  readonly name: string;
  readonly roleArn: string;
  readonly subnetIds: readonly string[];
  readonly instanceType: string;
  readonly scaling: Scaling;
  readonly tags: Tags;
}

export interface Addon {
  readonly name: string;
  readonly status: string;
  readonly version?: string;
  readonly issues: readonly string[];
}

export interface AccessEntry {
  readonly principalArn: string;
  /** ARNs of the access policies that apply to the whole cluster. */
  readonly clusterPolicies: readonly string[];
}

export interface Eks extends EksVersions {
  /** Returns the Kubernetes version of new clusters that do not request one. */
  defaultVersion(signal: AbortSignal): Promise<string>;
  cluster(name: string, signal: AbortSignal): Promise<EksCluster | undefined>;
  createCluster(cluster: NewCluster, signal: AbortSignal): Promise<EksCluster>;
  /** Enables log types. Waits for another update of the cluster. */
  enableLogging(name: string, types: readonly string[], signal: AbortSignal): Promise<void>;
  /** Returns all node groups of a cluster; none if the cluster does not exist. */
  nodegroups(cluster: string, signal: AbortSignal): Promise<readonly Nodegroup[]>;
  nodegroup(cluster: string, name: string, signal: AbortSignal): Promise<Nodegroup | undefined>;
  createNodegroup(nodegroup: NewNodegroup, signal: AbortSignal): Promise<Nodegroup>;
  /** Scales a node group. Waits for another update of it. */
  scaleNodegroup(cluster: string, name: string, scaling: Scaling, signal: AbortSignal): Promise<void>;
  addon(cluster: string, name: string, signal: AbortSignal): Promise<Addon | undefined>;
  /** Creates an add-on in EKS's default version for the cluster. */
  createAddon(cluster: string, name: string, tags: Tags, signal: AbortSignal): Promise<Addon>;
  accessEntry(cluster: string, principalArn: string, signal: AbortSignal): Promise<AccessEntry | undefined>;
  createAccessEntry(cluster: string, principalArn: string, tags: Tags, signal: AbortSignal): Promise<void>;
  /** Associates an access policy for the whole cluster. */
  associatePolicy(cluster: string, principalArn: string, policyArn: string, signal: AbortSignal): Promise<void>;
}
