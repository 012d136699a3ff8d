import {
  AllocateAddressCommand,
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeAddressesCommand,
  DescribeAvailabilityZonesCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  EC2Client,
  ModifySubnetAttributeCommand,
  ModifyVpcAttributeCommand,
} from "@aws-sdk/client-ec2";
import { createHash } from "node:crypto";
import { callsTo } from "./calls.ts";
import { createOnce } from "./create-once.ts";
import { defaultRoute, tagFilters, tagged, tagsOf } from "./ec2-shapes.ts";
import type { Ec2 } from "./port.ts";
import { nameErrors, type Session } from "./session.ts";

/** EC2 through its SDK. */
export function createEc2(session: Session): { readonly port: Ec2; readonly close: () => void } {
  const client = new EC2Client(session.config());
  const careful = new EC2Client(session.config("throttles"));
  for (const each of [client, careful]) nameErrors(each.middlewareStack);
  const { call } = callsTo(session.target);

  /** For the creates that take no idempotency token; `find` looks for what a lost answer may have been about. */
  const createdOnce = (
    signal: AbortSignal,
    create: (options: { readonly abortSignal: AbortSignal }) => Promise<string | undefined>,
    find: () => Promise<string | undefined>,
  ): Promise<string> =>
    call(signal, (options) => createOnce(async () => (await create(options)) ?? "", find, session, signal));

  const port: Ec2 = {
    async zones(signal) {
      const filters = [
        { Name: "state", Values: ["available"] },
        { Name: "zone-type", Values: ["availability-zone"] },
      ];
      const answer = await call(signal, (options) =>
        client.send(new DescribeAvailabilityZonesCommand({ Filters: filters }), options),
      );
      return (answer.AvailabilityZones ?? []).map((zone) => zone.ZoneName ?? "").toSorted();
    },

    async vpcs(tags, signal) {
      const answer = await call(signal, (options) =>
        client.send(new DescribeVpcsCommand({ Filters: tagFilters(tags) }), options),
      );
      return Promise.all(
        (answer.Vpcs ?? []).map(async (vpc) => {
          const id = vpc.VpcId ?? "";
          const dns = await call(signal, (options) =>
            client.send(new DescribeVpcAttributeCommand({ VpcId: id, Attribute: "enableDnsHostnames" }), options),
          );
          const dnsHostnames = dns.EnableDnsHostnames?.Value ?? false;
          return { id, cidr: vpc.CidrBlock ?? "", state: vpc.State ?? "", dnsHostnames };
        }),
      );
    },

    createVpc: (cidr, tags, signal) =>
      createdOnce(
        signal,
        async (options) => {
          const input = { CidrBlock: cidr, TagSpecifications: tagged("vpc", tags) };
          return (await careful.send(new CreateVpcCommand(input), options)).Vpc?.VpcId;
        },
        async () => (await port.vpcs(tags, signal))[0]?.id,
      ),

    async enableDnsHostnames(vpcId, signal) {
      const input = { VpcId: vpcId, EnableDnsHostnames: { Value: true } };
      await call(signal, (options) => client.send(new ModifyVpcAttributeCommand(input), options));
    },

    async internetGateways(tags, signal) {
      const answer = await call(signal, (options) =>
        client.send(new DescribeInternetGatewaysCommand({ Filters: tagFilters(tags) }), options),
      );
      return (answer.InternetGateways ?? []).map((gateway) => {
        const vpcId = gateway.Attachments?.[0]?.VpcId;
        return { id: gateway.InternetGatewayId ?? "", ...(vpcId === undefined ? {} : { vpcId }) };
      });
    },

    createInternetGateway: (tags, signal) =>
      createdOnce(
        signal,
        async (options) => {
          const input = { TagSpecifications: tagged("internet-gateway", tags) };
          return (await careful.send(new CreateInternetGatewayCommand(input), options)).InternetGateway
            ?.InternetGatewayId;
        },
        async () => (await port.internetGateways(tags, signal))[0]?.id,
      ),

    async attachInternetGateway(id, vpcId, signal) {
      await call(signal, (options) =>
        client
          .send(new AttachInternetGatewayCommand({ InternetGatewayId: id, VpcId: vpcId }), options)
          .catch(unlessDone("Resource.AlreadyAssociated")),
      );
    },

    async subnets(tags, signal) {
      const answer = await call(signal, (options) =>
        client.send(new DescribeSubnetsCommand({ Filters: tagFilters(tags) }), options),
      );
      return (answer.Subnets ?? []).map((subnet) => ({
        id: subnet.SubnetId ?? "",
        vpcId: subnet.VpcId ?? "",
        cidr: subnet.CidrBlock ?? "",
        zone: subnet.AvailabilityZone ?? "",
        state: subnet.State ?? "",
        assignsPublicIps: subnet.MapPublicIpOnLaunch ?? false,
        tags: tagsOf(subnet.Tags),
      }));
    },

    createSubnet: (vpcId, cidr, zone, tags, signal) =>
      createdOnce(
        signal,
        async (options) => {
          const input = {
            VpcId: vpcId,
            CidrBlock: cidr,
            AvailabilityZone: zone,
            TagSpecifications: tagged("subnet", tags),
          };
          return (await careful.send(new CreateSubnetCommand(input), options)).Subnet?.SubnetId;
        },
        async () => (await port.subnets(tags, signal))[0]?.id,
      ),

    async assignPublicIps(subnetId, signal) {
      const input = { SubnetId: subnetId, MapPublicIpOnLaunch: { Value: true } };
      await call(signal, (options) => client.send(new ModifySubnetAttributeCommand(input), options));
    },

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
      const answer = await call(signal, (options) =>
        client.send(new DescribeNatGatewaysCommand({ Filter: tagFilters(tags) }), options),
      );
      return (answer.NatGateways ?? [])
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
        // An address belongs to one gateway at a time, so this names the gateway, in any process.
        ClientToken: createHash("sha256").update(`${subnetId}/${allocationId}`).digest("hex"),
      };
      const answer = await call(signal, (options) => client.send(new CreateNatGatewayCommand(input), options));
      return answer.NatGateway?.NatGatewayId ?? "";
    },

    async routeTables(tags, signal) {
      const answer = await call(signal, (options) =>
        client.send(new DescribeRouteTablesCommand({ Filters: tagFilters(tags) }), options),
      );
      return (answer.RouteTables ?? []).map((table) => {
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
      await call(signal, (options) =>
        client.send(new CreateRouteCommand(input), options).catch(unlessDone("RouteAlreadyExists")),
      );
    },

    async associateRouteTable(routeTableId, subnetId, signal) {
      const input = { RouteTableId: routeTableId, SubnetId: subnetId };
      await call(signal, (options) =>
        client.send(new AssociateRouteTableCommand(input), options).catch(unlessDone("Resource.AlreadyAssociated")),
      );
    },
  };
  return {
    port,
    close: () => {
      client.destroy();
      careful.destroy();
    },
  };
}

/** What a repeated call is told when the first one was done after all. */
function unlessDone(code: string): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof Error && error.name === code) return undefined;
    throw error;
  };
}
