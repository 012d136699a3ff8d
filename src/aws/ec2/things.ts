import type { Tags } from "../tags.ts";

/** Which resources to list: those in a VPC, or those with all of these tags. */
export type Where = { readonly vpcId: string } | { readonly tags: Tags };

/** An availability zone. Letters differ between accounts, ids do not: `eu-west-1a` is `euw1-az3` in one of them. */
export interface Zone {
  readonly name: string;
  readonly id: string;
}

export interface Vpc {
  readonly id: string;
  readonly cidr: string;
  /** Every IPv4 range that is associated with it, also secondary ones. */
  readonly ranges: readonly string[];
  /** pending, available, deleting. */
  readonly state: string;
  readonly dnsSupport: boolean;
  readonly dnsHostnames: boolean;
  readonly tags: Tags;
}

export interface Subnet {
  readonly id: string;
  readonly vpcId: string;
  readonly cidr: string;
  /** The id of its zone. */
  readonly zone: string;
  /** pending, available, unavailable, failed, failed-insufficient-capacity. */
  readonly state: string;
  readonly assignsPublicIps: boolean;
  /** How many IPv4 addresses are not in use. */
  readonly free: number;
  readonly tags: Tags;
}

/** Whether a VPC has encryption in transit controlled. */
export interface EncryptionControl {
  readonly mode: "monitor" | "enforce" | (string & {});
  /** available, enforce-in-progress, … */
  readonly state: string;
}

export interface InternetGateway {
  readonly id: string;
  /** The VPC that it is attached to. */
  readonly vpcId?: string;
  readonly tags: Tags;
}

export interface ElasticAddress {
  /** The allocation id. */
  readonly id: string;
  readonly publicIp: string;
  readonly tags: Tags;
}

export interface NatGateway {
  readonly id: string;
  /** pending, available, failed, deleting, deleted. A deleted gateway is listed for about an hour. */
  readonly state: string;
  readonly vpcId: string;
  /** A regional gateway is in no subnet. */
  readonly subnetId?: string;
  /** zonal, regional. */
  readonly mode: string;
  /** public, private. */
  readonly connectivity: string;
  readonly addressIds: readonly string[];
  readonly failure?: string;
  readonly tags: Tags;
}

/** A zonal gateway is in a subnet and has an Elastic IP; a regional one finds zones and addresses itself. */
export type NewNatGateway =
  | { readonly mode: "zonal"; readonly subnetId: string; readonly addressId: string }
  | { readonly mode: "regional"; readonly vpcId: string };

export interface RouteTable {
  readonly id: string;
  readonly vpcId: string;
  /** Where 0.0.0.0/0 goes: igw-…, nat-…, or whatever else a route can have. */
  readonly defaultRoute?: string;
  /** Whether what 0.0.0.0/0 goes to is gone. */
  readonly isBlackhole: boolean;
  /** The routes to VPCs that are peered with this one. */
  readonly peeringRoutes: readonly PeeringRoute[];
  /** The main table of the VPC cannot be deleted. */
  readonly isMain: boolean;
  readonly associations: readonly { readonly id: string; readonly subnetId: string }[];
  readonly tags: Tags;
}

export interface PeeringRoute {
  /** The destination: `10.1.0.0/16`. */
  readonly range: string;
  readonly connectionId: string;
  /** Whether the connection is gone, or not active yet. */
  readonly isBlackhole: boolean;
}

/** A VPC of a peering connection. */
export interface PeeringSide {
  readonly vpcId: string;
  readonly awsRegion: string;
  readonly accountId: string;
}

export interface PeeringConnection {
  readonly id: string;
  /**
   * initiating-request, pending-acceptance, provisioning, active, failed, expired, rejected, deleting, deleted. Those
   * that are over are listed for hours, or days.
   */
  readonly status: string;
  /** What AWS says about the status. */
  readonly message: string;
  readonly requester: PeeringSide;
  readonly accepter: PeeringSide;
  readonly tags: Tags;
}

export interface VpcEndpoint {
  readonly id: string;
  /** `com.amazonaws.eu-west-1.s3` */
  readonly service: string;
  readonly type: "gateway" | "interface" | (string & {});
  /** In lower case: pending, available, deleting, deleted, failed, … */
  readonly state: string;
  readonly vpcId: string;
  readonly routeTableIds: readonly string[];
  readonly subnetIds: readonly string[];
  readonly groupIds: readonly string[];
  readonly privateDns: boolean;
  readonly failure?: string;
  readonly tags: Tags;
}

export type NewVpcEndpoint = { readonly vpcId: string; readonly service: string } & (
  | { readonly type: "gateway"; readonly routeTableIds: readonly string[] }
  | { readonly type: "interface"; readonly subnetIds: readonly string[]; readonly groupId: string }
);

/** What of an endpoint changes: lists are added to, or removed from, what it has. */
export interface EndpointChange {
  readonly addRouteTableIds?: readonly string[];
  readonly removeRouteTableIds?: readonly string[];
  readonly addSubnetIds?: readonly string[];
  readonly removeSubnetIds?: readonly string[];
  readonly addGroupIds?: readonly string[];
  readonly privateDns?: true;
}

/** Any security group of a VPC. */
export interface GroupInVpc {
  readonly id: string;
  readonly name: string;
  readonly tags: Tags;
}

export interface NetworkInterface {
  readonly id: string;
  readonly subnetId: string;
  /** available, associated, attaching, in-use, detaching. */
  readonly status: string;
  readonly description: string;
  readonly groupIds: readonly string[];
}

export interface NewFlowLog {
  readonly vpcId: string;
  /** The name of a log group of CloudWatch Logs. */
  readonly logGroup: string;
  /** The role with which EC2 writes to it. */
  readonly roleArn: string;
  readonly traffic: "ACCEPT" | "REJECT" | "ALL";
}

/** The log of a VPC's traffic. */
export interface FlowLog {
  readonly id: string;
  readonly vpcId: string;
  readonly logGroup: string;
  readonly roleArn: string;
  readonly traffic: string;
  /** ACTIVE. */
  readonly state: string;
  /** Why what was seen could not be written. */
  readonly failure?: string;
  readonly tags: Tags;
}
