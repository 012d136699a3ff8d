import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteInternetGatewayCommand,
  DeleteVpcCommand,
  DescribeInternetGatewaysCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcEncryptionControlsCommand,
  DetachInternetGatewayCommand,
  type Filter,
  ModifyVpcAttributeCommand,
  paginateDescribeInternetGateways,
  paginateDescribeVpcs,
} from "@aws-sdk/client-ec2";
import { filtersOf, rangesOf, tagFilters, tagged } from "./shapes.ts";
import { fromTags, toTags } from "../tags.ts";
import { type Ec2Calls, unlessDone } from "./calls.ts";
import type { Ec2, Vpc } from "./port.ts";

export type NetworkPort = Pick<
  Ec2,
  | "tag"
  | "vpcs"
  | "vpc"
  | "encryptionControl"
  | "createVpc"
  | "enableDnsSupport"
  | "enableDnsHostnames"
  | "deleteVpc"
  | "internetGateways"
  | "createInternetGateway"
  | "attachInternetGateway"
  | "detachInternetGateway"
  | "deleteInternetGateway"
>;

/** Returns the calls for VPCs and internet gateways, and for tags of everything. */
export function networkCalls({ client, careful, call, all, createdOnce, removed }: Ec2Calls): NetworkPort {
  const attribute = (id: string, name: "enableDnsSupport" | "enableDnsHostnames", signal: AbortSignal) =>
    call(signal, (options) => client.send(new DescribeVpcAttributeCommand({ VpcId: id, Attribute: name }), options));
  const found = async (Filters: Filter[], signal: AbortSignal): Promise<readonly Vpc[]> => {
    const listed = await all(
      signal,
      (options) => paginateDescribeVpcs({ client }, { Filters }, options),
      (page) => page.Vpcs,
    );
    return Promise.all(
      listed.map(async (vpc) => {
        const id = vpc.VpcId ?? "";
        const [support, hostnames] = await Promise.all([
          attribute(id, "enableDnsSupport", signal),
          attribute(id, "enableDnsHostnames", signal),
        ]);
        return {
          id,
          cidr: vpc.CidrBlock ?? "",
          ranges: rangesOf(vpc),
          state: vpc.State ?? "",
          dnsSupport: support.EnableDnsSupport?.Value ?? false,
          dnsHostnames: hostnames.EnableDnsHostnames?.Value ?? false,
          tags: fromTags(vpc.Tags),
        };
      }),
    );
  };
  const port: NetworkPort = {
    async tag(id, tags, signal) {
      const input = { Resources: [id], Tags: toTags(tags) };
      await call(signal, (options) => client.send(new CreateTagsCommand(input), options));
    },

    vpcs: (tags, signal) => found(tagFilters(tags), signal),
    vpc: async (id, signal) => (await found([{ Name: "vpc-id", Values: [id] }], signal))[0],

    async encryptionControl(vpcId, signal) {
      const command = new DescribeVpcEncryptionControlsCommand({ VpcIds: [vpcId] });
      const answer = await call(signal, (options) => client.send(command, options));
      const control = (answer.VpcEncryptionControls ?? []).find(({ State }) => State !== "deleted");
      return control && { mode: control.Mode ?? "", state: control.State ?? "" };
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

    // A call changes one attribute.
    async enableDnsSupport(vpcId, signal) {
      const input = { VpcId: vpcId, EnableDnsSupport: { Value: true } };
      await call(signal, (options) => client.send(new ModifyVpcAttributeCommand(input), options));
    },

    async enableDnsHostnames(vpcId, signal) {
      const input = { VpcId: vpcId, EnableDnsHostnames: { Value: true } };
      await call(signal, (options) => client.send(new ModifyVpcAttributeCommand(input), options));
    },

    deleteVpc: (id, signal) => removed(signal, (options) => client.send(new DeleteVpcCommand({ VpcId: id }), options)),

    async internetGateways(where, signal) {
      const Filters = filtersOf(where, "attachment.vpc-id");
      const found = await all(
        signal,
        (options) => paginateDescribeInternetGateways({ client }, { Filters }, options),
        (page) => page.InternetGateways,
      );
      return found.map((gateway) => {
        const vpcId = gateway.Attachments?.[0]?.VpcId;
        const attached = vpcId === undefined ? {} : { vpcId };
        return { id: gateway.InternetGatewayId ?? "", ...attached, tags: fromTags(gateway.Tags) };
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
        async () => (await port.internetGateways({ tags }, signal))[0]?.id,
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

    detachInternetGateway: (id, vpcId, signal) =>
      removed(signal, (options) =>
        client
          .send(new DetachInternetGatewayCommand({ InternetGatewayId: id, VpcId: vpcId }), options)
          .catch(unlessDone("Gateway.NotAttached", async () => true)),
      ),

    deleteInternetGateway: (id, signal) =>
      removed(signal, (options) => client.send(new DeleteInternetGatewayCommand({ InternetGatewayId: id }), options)),
  };
  return port;
}
