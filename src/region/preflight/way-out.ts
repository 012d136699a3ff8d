import type { RouteTable, VpcEndpoint } from "../../aws/ec2/port.ts";
import { isGivenVpc } from "../given.ts";
import { listedSubnets } from "../resources/given-subnets.ts";
import type { RegionWorld } from "../world.ts";

/** How nodes in the private subnets reach what is outside of the VPC. */
export interface WayOut {
  /** The private subnets without a route to the internet; none if gennet makes a NAT gateway. */
  readonly shut: readonly string[];
  /** The services that are reached through endpoints: `ecr.api`. S3 always is in a network of gennet. */
  readonly endpoints: readonly string[];
}

/** Returns how nodes get out, by gennet.yaml or, in a VPC that exists, by its routes and endpoints. */
export async function wayOut(world: RegionWorld, signal: AbortSignal): Promise<WayOut> {
  const { network, awsRegion } = world.region;
  if (!isGivenVpc(world)) {
    return { shut: network.nat === "none" ? ["private subnets"] : [], endpoints: ["s3", ...network.endpoints] };
  }
  const ec2 = await world.aws.service("ec2");
  const where = { vpcId: network.vpc ?? "" };
  const [tables, existing, listed] = await Promise.all([
    ec2.routeTables(where, signal),
    ec2.vpcEndpoints(where, signal),
    listedSubnets(world, signal),
  ]);
  const inCluster = listed.filter(({ kind }) => kind === "private").map(({ id }) => id);
  const shut = inCluster.filter((id) => !leadsOut(tableOf(id, tables)));
  const present = existing.filter((each) => isUsable(each)).map(({ service }) => shortName(service, awsRegion));
  return { shut, endpoints: [...present, ...network.endpoints] };
}

/** A subnet without its own table has the main one. */
function tableOf(subnetId: string, tables: readonly RouteTable[]): RouteTable | undefined {
  const own = tables.find(({ associations }) => associations.some((each) => each.subnetId === subnetId));
  return own ?? tables.find(({ isMain }) => isMain);
}

/** Nodes have no public address, so an internet gateway does not answer them. */
function leadsOut(table: RouteTable | undefined): boolean {
  return table?.defaultRoute !== undefined && !table.isBlackhole && !table.defaultRoute.startsWith("igw-");
}

function isUsable({ state, type, privateDns }: VpcEndpoint): boolean {
  return state === "available" && (type === "gateway" || privateDns);
}

/** Returns `ecr.api` for `com.amazonaws.eu-west-1.ecr.api`. */
export function shortName(service: string, awsRegion: string): string {
  return service.slice(service.indexOf(`.${awsRegion}.`) + awsRegion.length + 2);
}
