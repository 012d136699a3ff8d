import type { Tags } from "../tags.ts";
import type { Ec2DryRun } from "./dry-run.ts";
import type { Ec2Offerings } from "./offerings.ts";

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
  /** The VPC that it is attached to. */
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
 * EC2 in one AWS region. Create calls set tags and take no idempotency token, so they are never retried blindly: if a
 * response is lost, the adapter looks for the resource by its tags before it calls again.
 */
export interface Ec2 extends Ec2Offerings, Ec2DryRun {
  /** Returns the available zones of the region, sorted, without local and wavelength zones. */
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
  /** Returns all gateways except deleted ones. */
  natGateways(tags: Tags, signal: AbortSignal): Promise<readonly NatGateway[]>;
  createNatGateway(subnetId: string, allocationId: string, tags: Tags, signal: AbortSignal): Promise<string>;
  routeTables(tags: Tags, signal: AbortSignal): Promise<readonly RouteTable[]>;
  createRouteTable(vpcId: string, tags: Tags, signal: AbortSignal): Promise<string>;
  /** Sends 0.0.0.0/0 to an internet gateway (igw-…) or a NAT gateway (nat-…). */
  routeDefault(routeTableId: string, gatewayId: string, signal: AbortSignal): Promise<void>;
  associateRouteTable(routeTableId: string, subnetId: string, signal: AbortSignal): Promise<void>;
}
