import type { SecretsManager } from "./secrets-port.ts";

/** Where AWS calls go and as whom: the part of a region of gennet.yaml that AWS needs to know. */
export interface AwsTarget {
  readonly name: string;
  readonly awsRegion: string;
  readonly accountId: string;
  readonly profile?: string | undefined;
  readonly roleArn?: string | undefined;
}

export interface Identity {
  readonly accountId: string;
  readonly arn: string;
}

/**
 * AWS as seen from one region. Errors are AppErrors: AWS_CREDENTIALS_MISSING, AWS_CREDENTIALS_EXPIRED,
 * AWS_CREDENTIALS_WRONG, AWS_DENIED, AWS_THROTTLED, AWS_UNREACHABLE, AWS_REJECTED. What is not there is undefined.
 */
export interface Aws {
  readonly target: AwsTarget;
  /** Who AWS says we are. Asked once. */
  identity(signal: AbortSignal): Promise<Identity>;
  /** The identity, which is in the account that gennet.yaml names; AWS_ACCOUNT_MISMATCH otherwise. */
  verifyAccount(signal: AbortSignal): Promise<Identity>;
  /** A bearer token for the cluster's API server, good for at least a minute; made without a call. */
  eksToken(cluster: string, signal: AbortSignal): Promise<string>;
  eks(): Promise<Eks>;
  ec2(): Promise<Ec2>;
  iam(): Promise<Iam>;
  secrets(): Promise<SecretsManager>;
  close(): Promise<void>;
}

export type Tags = Readonly<Record<string, string>>;

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
  /** What EKS itself reports as wrong with it. */
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
  /** What EKS itself reports as wrong with it. */
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
  /** ARNs of the access policies that hold for the whole cluster. */
  readonly clusterPolicies: readonly string[];
}

export interface Eks {
  /** The Kubernetes version that new clusters get when none is asked for. */
  defaultVersion(signal: AbortSignal): Promise<string>;
  cluster(name: string, signal: AbortSignal): Promise<EksCluster | undefined>;
  createCluster(cluster: NewCluster, signal: AbortSignal): Promise<EksCluster>;
  enableLogging(name: string, types: readonly string[], signal: AbortSignal): Promise<void>;
  /** Every node group of a cluster; empty where there is no such cluster. */
  nodegroups(cluster: string, signal: AbortSignal): Promise<readonly Nodegroup[]>;
  nodegroup(cluster: string, name: string, signal: AbortSignal): Promise<Nodegroup | undefined>;
  createNodegroup(nodegroup: NewNodegroup, signal: AbortSignal): Promise<Nodegroup>;
  scaleNodegroup(cluster: string, name: string, scaling: Scaling, signal: AbortSignal): Promise<void>;
  addon(cluster: string, name: string, signal: AbortSignal): Promise<Addon | undefined>;
  /** In the version that EKS holds for the cluster's default. */
  createAddon(cluster: string, name: string, tags: Tags, signal: AbortSignal): Promise<Addon>;
  accessEntry(cluster: string, principalArn: string, signal: AbortSignal): Promise<AccessEntry | undefined>;
  createAccessEntry(cluster: string, principalArn: string, tags: Tags, signal: AbortSignal): Promise<void>;
  /** For the whole cluster. */
  associatePolicy(cluster: string, principalArn: string, policyArn: string, signal: AbortSignal): Promise<void>;
}

export interface Vpc {
  readonly id: string;
  readonly cidr: string;
  readonly state: string;
  readonly dnsHostnames: boolean;
}

export interface Subnet {
  readonly id: string;
  readonly vpcId: string;
  readonly cidr: string;
  readonly zone: string;
  readonly state: string;
  readonly assignsPublicIps: boolean;
  readonly tags: Tags;
}

export interface InternetGateway {
  readonly id: string;
  /** Of the VPC it is attached to. */
  readonly vpcId?: string;
}

export interface ElasticAddress {
  readonly allocationId: string;
  readonly publicIp: string;
}

export interface NatGateway {
  readonly id: string;
  /** pending, available, failed, deleting, deleted. */
  readonly state: string;
  readonly subnetId: string;
  readonly failure?: string;
}

export interface RouteTable {
  readonly id: string;
  /** The gateway (igw-…, nat-…) that 0.0.0.0/0 goes to. */
  readonly defaultRoute?: string;
  readonly subnetIds: readonly string[];
}

/**
 * The create calls carry their tags, take no idempotency token and are therefore never repeated blindly: when an
 * answer is lost, the adapter looks by tag whether the call was done before it makes it again.
 */
export interface Ec2 {
  /** The available zones of the region, sorted, without local and wavelength zones. */
  zones(signal: AbortSignal): Promise<readonly string[]>;
  vpcs(tags: Tags, signal: AbortSignal): Promise<readonly Vpc[]>;
  createVpc(cidr: string, tags: Tags, signal: AbortSignal): Promise<string>;
  enableDnsHostnames(vpcId: string, signal: AbortSignal): Promise<void>;
  internetGateways(tags: Tags, signal: AbortSignal): Promise<readonly InternetGateway[]>;
  createInternetGateway(tags: Tags, signal: AbortSignal): Promise<string>;
  attachInternetGateway(id: string, vpcId: string, signal: AbortSignal): Promise<void>;
  subnets(tags: Tags, signal: AbortSignal): Promise<readonly Subnet[]>;
  createSubnet(vpcId: string, cidr: string, zone: string, tags: Tags, signal: AbortSignal): Promise<string>;
  assignPublicIps(subnetId: string, signal: AbortSignal): Promise<void>;
  addresses(tags: Tags, signal: AbortSignal): Promise<readonly ElasticAddress[]>;
  allocateAddress(tags: Tags, signal: AbortSignal): Promise<string>;
  /** Those that are not deleted. */
  natGateways(tags: Tags, signal: AbortSignal): Promise<readonly NatGateway[]>;
  createNatGateway(subnetId: string, allocationId: string, tags: Tags, signal: AbortSignal): Promise<string>;
  routeTables(tags: Tags, signal: AbortSignal): Promise<readonly RouteTable[]>;
  createRouteTable(vpcId: string, tags: Tags, signal: AbortSignal): Promise<string>;
  /** Sends 0.0.0.0/0 to an internet gateway (igw-…) or a NAT gateway (nat-…). */
  routeDefault(routeTableId: string, gatewayId: string, signal: AbortSignal): Promise<void>;
  associateRouteTable(routeTableId: string, subnetId: string, signal: AbortSignal): Promise<void>;
}

export interface Role {
  readonly name: string;
  readonly arn: string;
  /** ARNs of the managed policies attached to it. */
  readonly policies: readonly string[];
}

export interface Iam {
  role(name: string, signal: AbortSignal): Promise<Role | undefined>;
  /** `service` may assume it: `eks.amazonaws.com`. */
  createRole(name: string, service: string, tags: Tags, signal: AbortSignal): Promise<string>;
  attachPolicy(role: string, policyArn: string, signal: AbortSignal): Promise<void>;
}
