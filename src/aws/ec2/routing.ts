import {
  AssociateRouteTableCommand,
  CreateRouteCommand,
  type CreateRouteRequest,
  CreateRouteTableCommand,
  DeleteRouteCommand,
  DeleteRouteTableCommand,
  DescribeRouteTablesCommand,
  DisassociateRouteTableCommand,
  paginateDescribeRouteTables,
  ReplaceRouteCommand,
  ReplaceRouteTableAssociationCommand,
} from "@aws-sdk/client-ec2";
import { defaultRoute, filtersOf, peeringRoutes, tagged, targetOf } from "./shapes.ts";
import { fromTags } from "../tags.ts";
import { type Ec2Calls, unlessDone } from "./calls.ts";
import type { Ec2 } from "./port.ts";

export type RoutingPort = Pick<
  Ec2,
  | "routeTables"
  | "createRouteTable"
  | "setRoute"
  | "removeRoute"
  | "associateRouteTable"
  | "moveAssociation"
  | "removeAssociation"
  | "deleteRouteTable"
>;

/** Returns the calls for route tables. */
export function routingCalls({ client, careful, call, all, createdOnce, removed }: Ec2Calls): RoutingPort {
  const port: RoutingPort = {
    async routeTables(where, signal) {
      const found = await all(
        signal,
        (options) => paginateDescribeRouteTables({ client }, { Filters: filtersOf(where) }, options),
        (page) => page.RouteTables,
      );
      return found.map((table) => {
        const route = defaultRoute(table.Routes);
        const target = route && targetOf(route);
        return {
          id: table.RouteTableId ?? "",
          vpcId: table.VpcId ?? "",
          ...(target === undefined ? {} : { defaultRoute: target }),
          isBlackhole: route?.State === "blackhole",
          peeringRoutes: peeringRoutes(table.Routes),
          isMain: (table.Associations ?? []).some((each) => each.Main === true),
          associations: (table.Associations ?? []).flatMap(({ RouteTableAssociationId: id = "", SubnetId }) =>
            SubnetId === undefined ? [] : [{ id, subnetId: SubnetId }],
          ),
          tags: fromTags(table.Tags),
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
        async () => (await port.routeTables({ tags }, signal))[0]?.id,
      ),

    async setRoute(routeTableId, range, targetId, signal) {
      const input = { RouteTableId: routeTableId, DestinationCidrBlock: range, ...towards(targetId) };
      await call(signal, async (options) => {
        try {
          await client.send(new CreateRouteCommand(input), options);
        } catch (error) {
          // A retry of a call whose response was lost, or a route that goes elsewhere or nowhere.
          if (!(error instanceof Error) || error.name !== "RouteAlreadyExists") throw error;
          await client.send(new ReplaceRouteCommand(input), options);
        }
      });
    },

    removeRoute: (routeTableId, range, signal) =>
      removed(signal, (options) =>
        client.send(new DeleteRouteCommand({ RouteTableId: routeTableId, DestinationCidrBlock: range }), options),
      ),

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

    async moveAssociation(associationId, routeTableId, signal) {
      const input = { AssociationId: associationId, RouteTableId: routeTableId };
      // Not retried: it gives the association another id, and the next plan sees whether it took effect.
      await call(signal, (options) => careful.send(new ReplaceRouteTableAssociationCommand(input), options));
    },

    removeAssociation: (associationId, signal) =>
      removed(signal, (options) =>
        client.send(new DisassociateRouteTableCommand({ AssociationId: associationId }), options),
      ),

    deleteRouteTable: (id, signal) =>
      removed(signal, (options) => client.send(new DeleteRouteTableCommand({ RouteTableId: id }), options)),
  };
  return port;
}

function towards(id: string): Pick<CreateRouteRequest, "NatGatewayId" | "VpcPeeringConnectionId" | "GatewayId"> {
  if (id.startsWith("nat-")) return { NatGatewayId: id };
  return id.startsWith("pcx-") ? { VpcPeeringConnectionId: id } : { GatewayId: id };
}
