import type { Filter, ResourceType, Route, TagSpecification, Vpc as SdkVpc } from "@aws-sdk/client-ec2";
import type { Tags } from "../tags.ts";
import { toTags } from "../tags.ts";
import type { PeeringRoute, Where } from "./things.ts";

export function tagFilters(tags: Tags): Filter[] {
  return Object.entries(tags).map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] }));
}

/** `vpcFilter` is the name of the filter for a VPC's id: `vpc-id` for most kinds of resources. */
export function filtersOf(where: Where, vpcFilter = "vpc-id"): Filter[] {
  return "tags" in where ? tagFilters(where.tags) : [{ Name: vpcFilter, Values: [where.vpcId] }];
}

export function tagged(type: ResourceType, tags: Tags): TagSpecification[] {
  return [{ ResourceType: type, Tags: toTags(tags) }];
}

/** Returns every IPv4 range of a VPC. */
export function rangesOf({ CidrBlock, CidrBlockAssociationSet: sets = [] }: SdkVpc): readonly string[] {
  const associated = sets.filter(({ CidrBlockState }) => CidrBlockState?.State !== "disassociated");
  const ranges = [CidrBlock, ...associated.map((set) => set.CidrBlock)].filter((range) => range !== undefined);
  return [...new Set(ranges)];
}

/** Returns the routes to peered VPCs. */
export function peeringRoutes(routes: readonly Route[] | undefined): readonly PeeringRoute[] {
  return (routes ?? []).flatMap(({ DestinationCidrBlock: range, VpcPeeringConnectionId: connectionId, State }) =>
    range === undefined || connectionId === undefined
      ? []
      : [{ range, connectionId, isBlackhole: State === "blackhole" }],
  );
}

/** Returns the IPv4 default route of a table. */
export function defaultRoute(routes: readonly Route[] | undefined): Route | undefined {
  return routes?.find((each) => each.DestinationCidrBlock === "0.0.0.0/0");
}

/** Returns what a route goes to, whatever kind of gateway that is. */
export function targetOf(route: Route): string | undefined {
  return (
    route.NatGatewayId ??
    route.GatewayId ??
    route.TransitGatewayId ??
    route.VpcPeeringConnectionId ??
    route.NetworkInterfaceId ??
    route.InstanceId ??
    route.LocalGatewayId ??
    route.CarrierGatewayId ??
    route.CoreNetworkArn
  );
}
