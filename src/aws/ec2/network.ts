import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeAvailabilityZonesCommand,
  DescribeInternetGatewaysCommand,
  paginateDescribeInternetGateways,
  paginateDescribeSubnets,
  DescribeVpcAttributeCommand,
  paginateDescribeVpcs,
  ModifySubnetAttributeCommand,
  ModifyVpcAttributeCommand,
} from "@aws-sdk/client-ec2";
import { tagFilters, tagged } from "./shapes.ts";
import { fromTags } from "../tags.ts";
import { type Ec2Calls, unlessDone } from "./calls.ts";
import type { Ec2 } from "./port.ts";

type Network = Pick<
  Ec2,
  | "zones"
  | "vpcs"
  | "enableDnsHostnames"
  | "createVpc"
  | "internetGateways"
  | "createInternetGateway"
  | "attachInternetGateway"
  | "subnets"
  | "createSubnet"
  | "assignPublicIps"
>;

/** Returns the calls for VPCs, subnets and internet gateways. */
export function networkCalls({ client, careful, call, all, createdOnce }: Ec2Calls): Network {
  const port: Network = {
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
      const found = await all(
        signal,
        (options) => paginateDescribeVpcs({ client }, { Filters: tagFilters(tags) }, options),
        (page) => page.Vpcs,
      );
      return Promise.all(
        found.map(async (vpc) => {
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
      const found = await all(
        signal,
        (options) => paginateDescribeInternetGateways({ client }, { Filters: tagFilters(tags) }, options),
        (page) => page.InternetGateways,
      );
      return found.map((gateway) => {
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
      await call(signal, (options) => {
        const done = async (): Promise<boolean> => {
          const input = { InternetGatewayIds: [id] };
          const found = await client.send(new DescribeInternetGatewaysCommand(input), options);
          return found.InternetGateways?.[0]?.Attachments?.some((each) => each.VpcId === vpcId) === true;
        };
        return client
          .send(new AttachInternetGatewayCommand({ InternetGatewayId: id, VpcId: vpcId }), options)
          .catch(unlessDone("Resource.AlreadyAssociated", done));
      });
    },

    async subnets(tags, signal) {
      const found = await all(
        signal,
        (options) => paginateDescribeSubnets({ client }, { Filters: tagFilters(tags) }, options),
        (page) => page.Subnets,
      );
      return found.map((subnet) => ({
        id: subnet.SubnetId ?? "",
        vpcId: subnet.VpcId ?? "",
        cidr: subnet.CidrBlock ?? "",
        zone: subnet.AvailabilityZone ?? "",
        state: subnet.State ?? "",
        assignsPublicIps: subnet.MapPublicIpOnLaunch ?? false,
        tags: fromTags(subnet.Tags),
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
  };
  return port;
}
