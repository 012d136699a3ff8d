import {
  CreateVpcEndpointCommand,
  type CreateVpcEndpointRequest,
  DeleteVpcEndpointsCommand,
  DescribeVpcEndpointServicesCommand,
  ModifyVpcEndpointCommand,
  paginateDescribeVpcEndpoints,
} from "@aws-sdk/client-ec2";
import { filtersOf, tagged } from "./shapes.ts";
import { fromTags } from "../tags.ts";
import type { Ec2Calls } from "./calls.ts";
import type { Ec2, NewVpcEndpoint } from "./port.ts";
import { throwUnsuccessful } from "./unsuccessful.ts";

type EndpointPort = Pick<
  Ec2,
  "endpointServices" | "vpcEndpoints" | "createVpcEndpoint" | "changeVpcEndpoint" | "deleteVpcEndpoint"
>;

const typeNames = { gateway: "Gateway", interface: "Interface" } as const;

/** Returns the calls for VPC endpoints. */
export function endpointCalls({ client, careful, call, all, createdOnce, removed }: Ec2Calls): EndpointPort {
  const port: EndpointPort = {
    async endpointServices(type, signal) {
      const names: string[] = [];
      let NextToken: string | undefined;
      const Filters = [{ Name: "service-type", Values: [typeNames[type]] }];
      do {
        const input = { Filters, ...(NextToken === undefined ? {} : { NextToken }) };
        const page = await call(signal, (options) =>
          client.send(new DescribeVpcEndpointServicesCommand(input), options),
        );
        names.push(...(page.ServiceNames ?? []));
        NextToken = page.NextToken === "" ? undefined : page.NextToken;
      } while (NextToken !== undefined);
      return names;
    },

    async vpcEndpoints(where, signal) {
      const found = await all(
        signal,
        (options) => paginateDescribeVpcEndpoints({ client }, { Filters: filtersOf(where) }, options),
        (page) => page.VpcEndpoints,
      );
      return found.map((endpoint) => {
        const failure = endpoint.LastError?.Message ?? endpoint.FailureReason;
        return {
          id: endpoint.VpcEndpointId ?? "",
          service: endpoint.ServiceName ?? "",
          type: (endpoint.VpcEndpointType ?? "").toLowerCase(),
          // The model writes states with capitals, EC2 answers without.
          state: (endpoint.State ?? "").toLowerCase(),
          vpcId: endpoint.VpcId ?? "",
          routeTableIds: endpoint.RouteTableIds ?? [],
          subnetIds: endpoint.SubnetIds ?? [],
          groupIds: (endpoint.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
          privateDns: endpoint.PrivateDnsEnabled ?? false,
          ...(failure === undefined ? {} : { failure }),
          tags: fromTags(endpoint.Tags),
        };
      });
    },

    // Without a token: EC2 would answer a known one with an endpoint that was deleted since.
    createVpcEndpoint: (endpoint, tags, signal) =>
      createdOnce(
        signal,
        async (options) => {
          const input = { ...requestOf(endpoint), TagSpecifications: tagged("vpc-endpoint", tags) };
          return (await careful.send(new CreateVpcEndpointCommand(input), options)).VpcEndpoint?.VpcEndpointId;
        },
        async () => {
          const found = await port.vpcEndpoints({ tags }, signal);
          return found.find(({ type, state }) => type === endpoint.type && !state.startsWith("delet"))?.id;
        },
      ),

    async changeVpcEndpoint(id, change, signal) {
      const input = {
        VpcEndpointId: id,
        AddRouteTableIds: listed(change.addRouteTableIds),
        RemoveRouteTableIds: listed(change.removeRouteTableIds),
        AddSubnetIds: listed(change.addSubnetIds),
        RemoveSubnetIds: listed(change.removeSubnetIds),
        AddSecurityGroupIds: listed(change.addGroupIds),
        PrivateDnsEnabled: change.privateDns,
      };
      await call(signal, (options) => client.send(new ModifyVpcEndpointCommand(input), options));
    },

    deleteVpcEndpoint: (id, signal) =>
      removed(signal, async (options) => {
        const answer = await client.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }), options);
        throwUnsuccessful("DeleteVpcEndpoints", answer.Unsuccessful);
      }),
  };
  return port;
}

function requestOf(endpoint: NewVpcEndpoint): CreateVpcEndpointRequest {
  const { vpcId, service, type } = endpoint;
  const base = { VpcId: vpcId, ServiceName: service, VpcEndpointType: typeNames[type] };
  if (endpoint.type === "gateway") return { ...base, RouteTableIds: [...endpoint.routeTableIds] };
  const { subnetIds, groupId } = endpoint;
  return { ...base, SubnetIds: [...subnetIds], SecurityGroupIds: [groupId], PrivateDnsEnabled: true };
}

/** An empty list is an error for EC2. */
function listed(ids: readonly string[] | undefined): string[] | undefined {
  return ids === undefined || ids.length === 0 ? undefined : [...ids];
}
