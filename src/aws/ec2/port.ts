import type { Tags } from "../tags.ts";
import type { Ec2DryRun } from "./dry-run.ts";
import type { LaunchTemplates } from "./launch-template.ts";
import type { Ec2Offerings } from "./offerings.ts";
import type { SecurityGroups } from "./security-groups.ts";
import type { Storage } from "./storage.ts";
import type {
  ElasticAddress,
  EncryptionControl,
  EndpointChange,
  FlowLog,
  GroupInVpc,
  InternetGateway,
  NatGateway,
  NetworkInterface,
  NewFlowLog,
  NewNatGateway,
  NewVpcEndpoint,
  PeeringConnection,
  PeeringSide,
  RouteTable,
  Subnet,
  Vpc,
  VpcEndpoint,
  Where,
  Zone,
} from "./things.ts";

export type * from "./things.ts";

/**
 * EC2 in one AWS region. Create calls set tags. Those without an idempotency token are never retried blindly: if a
 * response is lost, the adapter looks for the resource by its tags before it calls again. Deleting what does not exist
 * is no error; deleting what is still in use is retried for some minutes, because what used it may be going.
 */
export interface Ec2 extends LaunchTemplates, SecurityGroups, Storage, Ec2Offerings, Ec2DryRun {
  /** Returns the available zones of the region, by name, without local and wavelength zones. */
  zones(signal: AbortSignal): Promise<readonly Zone[]>;
  /** Adds tags to a resource of any kind, or changes their values. */
  tag(id: string, tags: Tags, signal: AbortSignal): Promise<void>;

  vpcs(tags: Tags, signal: AbortSignal): Promise<readonly Vpc[]>;
  /** Returns a VPC by its id. */
  vpc(id: string, signal: AbortSignal): Promise<Vpc | undefined>;
  /** Returns how encryption in transit is controlled in a VPC; undefined if it is not. */
  encryptionControl(vpcId: string, signal: AbortSignal): Promise<EncryptionControl | undefined>;
  createVpc(cidr: string, tags: Tags, signal: AbortSignal): Promise<string>;
  enableDnsSupport(vpcId: string, signal: AbortSignal): Promise<void>;
  enableDnsHostnames(vpcId: string, signal: AbortSignal): Promise<void>;
  deleteVpc(id: string, signal: AbortSignal): Promise<void>;

  internetGateways(where: Where, signal: AbortSignal): Promise<readonly InternetGateway[]>;
  createInternetGateway(tags: Tags, signal: AbortSignal): Promise<string>;
  attachInternetGateway(id: string, vpcId: string, signal: AbortSignal): Promise<void>;
  detachInternetGateway(id: string, vpcId: string, signal: AbortSignal): Promise<void>;
  deleteInternetGateway(id: string, signal: AbortSignal): Promise<void>;

  subnets(where: Where, signal: AbortSignal): Promise<readonly Subnet[]>;
  /** `zone` is the id of a zone. */
  createSubnet(vpcId: string, cidr: string, zone: string, tags: Tags, signal: AbortSignal): Promise<string>;
  assignPublicIps(subnetId: string, assigns: boolean, signal: AbortSignal): Promise<void>;
  deleteSubnet(id: string, signal: AbortSignal): Promise<void>;

  addresses(tags: Tags, signal: AbortSignal): Promise<readonly ElasticAddress[]>;
  /** Returns an Elastic IP by its allocation id. */
  address(id: string, signal: AbortSignal): Promise<ElasticAddress | undefined>;
  allocateAddress(tags: Tags, signal: AbortSignal): Promise<string>;
  releaseAddress(id: string, signal: AbortSignal): Promise<void>;

  /** Returns all gateways, with those that failed or were deleted. */
  natGateways(where: Where, signal: AbortSignal): Promise<readonly NatGateway[]>;
  createNatGateway(gateway: NewNatGateway, tags: Tags, signal: AbortSignal): Promise<string>;
  /** Its deletion takes about a minute; its Elastic IP stays. */
  deleteNatGateway(id: string, signal: AbortSignal): Promise<void>;

  routeTables(where: Where, signal: AbortSignal): Promise<readonly RouteTable[]>;
  createRouteTable(vpcId: string, tags: Tags, signal: AbortSignal): Promise<string>;
  /**
   * Sends a range to an internet gateway (igw-…), a NAT gateway (nat-…) or a peering connection (pcx-…), wherever it went
   * before.
   */
  setRoute(routeTableId: string, range: string, targetId: string, signal: AbortSignal): Promise<void>;
  removeRoute(routeTableId: string, range: string, signal: AbortSignal): Promise<void>;
  associateRouteTable(routeTableId: string, subnetId: string, signal: AbortSignal): Promise<void>;
  /** Gives the subnet of an association another route table, without a moment between. */
  moveAssociation(associationId: string, routeTableId: string, signal: AbortSignal): Promise<void>;
  removeAssociation(associationId: string, signal: AbortSignal): Promise<void>;
  deleteRouteTable(id: string, signal: AbortSignal): Promise<void>;

  /** Returns the connections that a VPC has requested or was asked for, with those that are over. */
  peeringConnections(vpcId: string, signal: AbortSignal): Promise<readonly PeeringConnection[]>;
  /** Asks the owner of another VPC to connect it with one in this AWS region. */
  requestPeering(vpcId: string, peer: PeeringSide, tags: Tags, signal: AbortSignal): Promise<string>;
  /** Accepts a request; the VPC that was asked for is in this AWS region. */
  acceptPeering(id: string, signal: AbortSignal): Promise<void>;
  deletePeering(id: string, signal: AbortSignal): Promise<void>;

  /** Returns the full names of the services that endpoints of this type can reach: `com.amazonaws.eu-west-1.s3`. */
  endpointServices(type: "gateway" | "interface", signal: AbortSignal): Promise<readonly string[]>;
  vpcEndpoints(where: Where, signal: AbortSignal): Promise<readonly VpcEndpoint[]>;
  createVpcEndpoint(endpoint: NewVpcEndpoint, tags: Tags, signal: AbortSignal): Promise<string>;
  changeVpcEndpoint(id: string, change: EndpointChange, signal: AbortSignal): Promise<void>;
  deleteVpcEndpoint(id: string, signal: AbortSignal): Promise<void>;

  /** Returns all security groups of a VPC, except its own default one. */
  groupsIn(vpcId: string, signal: AbortSignal): Promise<readonly GroupInVpc[]>;
  /** Removes every rule of a group: a group that another one's rule names cannot be deleted. */
  revokeRules(groupId: string, signal: AbortSignal): Promise<void>;

  flowLogs(where: Where, signal: AbortSignal): Promise<readonly FlowLog[]>;
  createFlowLog(log: NewFlowLog, tags: Tags, signal: AbortSignal): Promise<string>;
  deleteFlowLog(id: string, signal: AbortSignal): Promise<void>;

  networkInterfaces(vpcId: string, signal: AbortSignal): Promise<readonly NetworkInterface[]>;
  deleteNetworkInterface(id: string, signal: AbortSignal): Promise<void>;
}
