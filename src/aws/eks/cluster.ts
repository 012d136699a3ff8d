import type { Tags } from "../tags.ts";

export type ClusterStatus = "CREATING" | "ACTIVE" | "DELETING" | "FAILED" | "UPDATING" | "PENDING" | (string & {});
export type AuthenticationMode = "API" | "API_AND_CONFIG_MAP" | "CONFIG_MAP" | (string & {});
/** What happens at the end of standard support: EKS upgrades the cluster, or extended support begins. */
export type SupportType = "STANDARD" | "EXTENDED" | (string & {});

/** From where the API server is reachable. */
export interface EndpointAccess {
  readonly publicAccess: boolean;
  readonly privateAccess: boolean;
  /** From where the public endpoint is reachable. */
  readonly publicCidrs: readonly string[];
}

/** EKS Auto Mode: EKS chooses and replaces nodes, and brings storage, load balancers and the add-ons of nodes. */
export interface AutoMode {
  readonly nodeRoleArn: string;
  /** Built-in pools: general-purpose, system. */
  readonly nodePools: readonly string[];
}

interface ClusterSettings extends EndpointAccess {
  readonly name: string;
  /** Kubernetes minor version, `1.34`. */
  readonly version: string;
  readonly roleArn: string;
  readonly subnetIds: readonly string[];
  readonly authenticationMode: AuthenticationMode;
  /** The control plane's log types that go to CloudWatch: api, audit, … */
  readonly logging: readonly string[];
  readonly supportType: SupportType;
  readonly deletionProtection: boolean;
  /** Whether AWS may move traffic away from an impaired zone. */
  readonly zonalShift: boolean;
  /** The KMS key that encrypts objects; absent if only a key of EKS does. */
  readonly encryptionKeyArn?: string;
  readonly auto?: AutoMode;
  readonly tags: Tags;
}

export interface EksCluster extends ClusterSettings {
  readonly arn: string;
  readonly status: ClusterStatus;
  /** https URL of the API server; absent while the cluster is being created. */
  readonly endpoint?: string;
  /** The API server's CA bundle, base64 of PEM; absent while the cluster is being created. */
  readonly certificateAuthority?: string;
  readonly createdAt?: Date;
  readonly vpcId: string;
  /** Health issues that EKS reports. */
  readonly issues: readonly string[];
}

export type NewCluster = ClusterSettings;

/** One update of a cluster: EKS makes each in its own call. */
export type ClusterChange =
  | { readonly change: "access"; readonly mode: AuthenticationMode }
  | ({ readonly change: "endpoint" } & EndpointAccess)
  | { readonly change: "subnets"; readonly ids: readonly string[] }
  /** Every other log type is turned off. */
  | { readonly change: "logging"; readonly types: readonly string[] }
  | { readonly change: "support"; readonly type: SupportType }
  | { readonly change: "zonal shift"; readonly on: boolean }
  | { readonly change: "deletion protection"; readonly on: boolean }
  /** Cannot be undone, or repeated with another key. */
  | { readonly change: "encryption"; readonly keyArn: string }
  | { readonly change: "auto mode"; readonly auto: AutoMode | undefined };
