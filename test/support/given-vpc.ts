import type { RegionInput } from "./one-region.ts";
import type { MemoryAws } from "./memory-aws.ts";

const { signal } = new AbortController();
const tags = { owner: "network-team" };

/** A VPC that another team made, with everything that a region needs. */
export interface OthersVpc {
  readonly vpc: string;
  readonly private: readonly string[];
  readonly public: readonly string[];
  readonly gateway: string;
  readonly table: string;
  /** The part of gennet.yaml that gives it. */
  readonly network: NonNullable<RegionInput["network"]>;
}

/** Makes a VPC of 10.20.0.0/16 with two private subnets, a public one, a NAT gateway and routes. */
export async function othersVpc({ aws }: Pick<MemoryAws, "aws">, zones: readonly [string, string]): Promise<OthersVpc> {
  const ec2 = await aws.service("ec2");
  const vpc = await ec2.createVpc("10.20.0.0/16", tags, signal);
  await ec2.enableDnsHostnames(vpc, signal);
  const inside = { ...tags, "kubernetes.io/role/internal-elb": "1" };
  const one = await ec2.createSubnet(vpc, "10.20.0.0/20", zones[0], inside, signal);
  const two = await ec2.createSubnet(vpc, "10.20.16.0/20", zones[1], inside, signal);
  const outside = { ...tags, "kubernetes.io/role/elb": "1" };
  const edge = await ec2.createSubnet(vpc, "10.20.32.0/20", zones[0], outside, signal);
  const gateway = await ec2.createInternetGateway(tags, signal);
  await ec2.attachInternetGateway(gateway, vpc, signal);
  const edgeTable = await ec2.createRouteTable(vpc, tags, signal);
  await ec2.setRoute(edgeTable, "0.0.0.0/0", gateway, signal);
  await ec2.associateRouteTable(edgeTable, edge, signal);
  const nat = await ec2.createNatGateway({ mode: "regional", vpcId: vpc }, tags, signal);
  // A new gateway is ready after some reads.
  for (let read = 0; read < 5; read++) await ec2.natGateways({ vpcId: vpc }, signal);
  const table = await ec2.createRouteTable(vpc, tags, signal);
  await ec2.setRoute(table, "0.0.0.0/0", nat, signal);
  for (const id of [one, two]) await ec2.associateRouteTable(table, id, signal);
  const subnets = { private: [one, two], public: [edge] };
  return { vpc, ...subnets, gateway, table, network: { vpc, subnets } };
}
