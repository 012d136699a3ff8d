import { createHash } from "node:crypto";
import {
  AllocateAddressCommand,
  AssociateRouteTableCommand,
  CreateNatGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  DescribeAddressesCommand,
  DescribeRouteTablesCommand,
  paginateDescribeNatGateways,
  paginateDescribeRouteTables,
  ReplaceRouteCommand,
} from "@aws-sdk/client-ec2";
import { defaultRoute, tagFilters, tagged } from "./shapes.ts";
import { type Ec2Calls, unlessDone } from "./calls.ts";
import type { Ec2 } from "./port.ts";

type Routing = Pick<
  Ec2,
  | "addresses"
  | "allocateAddress"
  | "natGateways"
  | "createNatGateway"
  | "routeTables"
  | "createRouteTable"
  | "routeDefault"
  | "associateRouteTable"
>;

/** Returns the calls for Elastic IPs, NAT gateways and route tables. */
export function routingCalls({ client, careful, call, all, createdOnce }: Ec2Calls): Routing {
  const port: Routing = {
    async addresses(tags, signal) {
      const answer = await call(signal, (options) =>
        client.send(new DescribeAddressesCommand({ Filters: tagFilters(tags) }), options),
      );
      return (answer.Addresses ?? []).map((address) => ({
        allocationId: address.AllocationId ?? "",
        publicIp: address.PublicIp ?? "",
      }));
    },

    allocateAddress: (tags, signal) =>
      createdOnce(
        signal,
        async (options) => {
          const input = { Domain: "vpc" as const, TagSpecifications: tagged("elastic-ip", tags) };
          return (await careful.send(new AllocateAddressCommand(input), options)).AllocationId;
        },
        async () => (await port.addresses(tags, signal))[0]?.allocationId,
      ),

    async natGateways(tags, signal) {
      const found = await all(
        signal,
        (options) => paginateDescribeNatGateways({ client }, { Filter: tagFilters(tags) }, options),
        (page) => page.NatGateways,
      );
      return found
        .filter((gateway) => gateway.State !== "deleted")
        .map((gateway) => ({
          id: gateway.NatGatewayId ?? "",
          state: gateway.State ?? "pending",
          subnetId: gateway.SubnetId ?? "",
          ...(gateway.FailureMessage === undefined ? {} : { failure: gateway.FailureMessage }),
        }));
    },

    async createNatGateway(subnetId, allocationId, tags, signal) {
      const input = {
        SubnetId: subnetId,
        AllocationId: allocationId,
        TagSpecifications: tagged("natgateway", tags),
        // An address belongs to one gateway at a time, so this token identifies the gateway in every process.
        ClientToken: createHash("sha256").update(`${subnetId}/${allocationId}`).digest("hex"),
      };
      const answer = await call(signal, (options) => client.send(new CreateNatGatewayCommand(input), options));
      return answer.NatGateway?.NatGatewayId ?? "";
    },

    async routeTables(tags, signal) {
      const found = await all(
        signal,
        (options) => paginateDescribeRouteTables({ client }, { Filters: tagFilters(tags) }, options),
        (page) => page.RouteTables,
      );
      return found.map((table) => {
        const gateway = defaultRoute(table.Routes);
        return {
          id: table.RouteTableId ?? "",
          ...(gateway === undefined ? {} : { defaultRoute: gateway }),
          subnetIds: (table.Associations ?? []).flatMap((each) => each.SubnetId ?? []),
        };
      });
    },

    createRouteTable: (vpcId, tags, signal) =>
      createdOnce(
        signal,
        async (options) => {
          const input = { VpcId: vpcId, TagSpecifications: tagged("route-table", tags) };
          return (await careful.send(new CreateRouteTableCommand(input), options)).RouteTable?.RouteTableId;
        },
        async () => (await port.routeTables(tags, signal))[0]?.id,
      ),

    async routeDefault(routeTableId, gatewayId, signal) {
      const target = gatewayId.startsWith("nat-") ? { NatGatewayId: gatewayId } : { GatewayId: gatewayId };
      const input = { RouteTableId: routeTableId, DestinationCidrBlock: "0.0.0.0/0", ...target };
      await call(signal, async (options) => {
        try {
          await client.send(new CreateRouteCommand(input), options);
        } catch (error) {
          // A retry of a call whose response was lost, or the remaining route of a gateway that was deleted.
          if (!(error instanceof Error) || error.name !== "RouteAlreadyExists") throw error;
          await client.send(new ReplaceRouteCommand(input), options);
        }
      });
    },

    async associateRouteTable(routeTableId, subnetId, signal) {
      const input = { RouteTableId: routeTableId, SubnetId: subnetId };
      await call(signal, (options) => {
        const done = async (): Promise<boolean> => {
          const tables = { RouteTableIds: [routeTableId] };
          const found = await client.send(new DescribeRouteTablesCommand(tables), options);
          return found.RouteTables?.[0]?.Associations?.some((each) => each.SubnetId === subnetId) === true;
        };
        return client
          .send(new AssociateRouteTableCommand(input), options)
          .catch(unlessDone("Resource.AlreadyAssociated", done));
      });
    },
  };
  return port;
}
