import {
  AllocateAddressCommand,
  CreateNatGatewayCommand,
  type CreateNatGatewayRequest,
  DeleteNatGatewayCommand,
  DescribeAddressesCommand,
  type Filter,
  type NatGateway,
  paginateDescribeNatGateways,
  ReleaseAddressCommand,
} from "@aws-sdk/client-ec2";
import { filtersOf, tagFilters, tagged } from "./shapes.ts";
import { fromTags } from "../tags.ts";
import type { Ec2Calls } from "./calls.ts";
import type { Ec2, ElasticAddress, NewNatGateway } from "./port.ts";

/** Returns why a gateway failed: `Gateway.NotAttached: Network vpc-1 has no Internet gateway attached`. */
function inWords({ FailureCode, FailureMessage = "" }: NatGateway): string {
  return FailureCode === undefined ? FailureMessage : `${FailureCode}: ${FailureMessage}`;
}

export type NatPort = Pick<
  Ec2,
  | "addresses"
  | "address"
  | "allocateAddress"
  | "releaseAddress"
  | "natGateways"
  | "createNatGateway"
  | "deleteNatGateway"
>;

/** Returns the calls for Elastic IPs and NAT gateways. */
export function natCalls({ client, careful, call, all, createdOnce, removed }: Ec2Calls): NatPort {
  const found = async (Filters: Filter[], signal: AbortSignal): Promise<readonly ElasticAddress[]> => {
    const answer = await call(signal, (options) => client.send(new DescribeAddressesCommand({ Filters }), options));
    return (answer.Addresses ?? []).map((address) => ({
      id: address.AllocationId ?? "",
      publicIp: address.PublicIp ?? "",
      tags: fromTags(address.Tags),
    }));
  };
  const port: NatPort = {
    addresses: (tags, signal) => found(tagFilters(tags), signal),
    address: async (id, signal) => (await found([{ Name: "allocation-id", Values: [id] }], signal))[0],

    allocateAddress: (tags, signal) =>
      createdOnce(
        signal,
        async (options) => {
          const input = { Domain: "vpc" as const, TagSpecifications: tagged("elastic-ip", tags) };
          return (await careful.send(new AllocateAddressCommand(input), options)).AllocationId;
        },
        async () => (await port.addresses(tags, signal))[0]?.id,
      ),

    releaseAddress: (id, signal) =>
      removed(signal, (options) => client.send(new ReleaseAddressCommand({ AllocationId: id }), options)),

    async natGateways(where, signal) {
      const found = await all(
        signal,
        (options) => paginateDescribeNatGateways({ client }, { Filter: filtersOf(where) }, options),
        (page) => page.NatGateways,
      );
      return found.map((gateway) => ({
        id: gateway.NatGatewayId ?? "",
        state: gateway.State ?? "pending",
        vpcId: gateway.VpcId ?? "",
        ...(gateway.SubnetId === undefined ? {} : { subnetId: gateway.SubnetId }),
        mode: gateway.AvailabilityMode ?? "zonal",
        connectivity: gateway.ConnectivityType ?? "public",
        addressIds: (gateway.NatGatewayAddresses ?? []).flatMap(({ AllocationId }) => AllocationId ?? []),
        ...(gateway.FailureMessage === undefined ? {} : { failure: inWords(gateway) }),
        tags: fromTags(gateway.Tags),
      }));
    },

    /**
     * The SDK gives each call its own token, so that a retry creates nothing twice. A token that other calls could have
     * as well would bring a deleted gateway back: EC2 answers a known token with the first result for a day.
     * https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
     */
    createNatGateway: (gateway, tags, signal) =>
      createdOnce(
        signal,
        async (options) => {
          const input = { ...requestOf(gateway), TagSpecifications: tagged("natgateway", tags) };
          return (await client.send(new CreateNatGatewayCommand(input), options)).NatGateway?.NatGatewayId;
        },
        async () =>
          (await port.natGateways({ tags }, signal)).find(({ state }) => ["pending", "available"].includes(state))?.id,
      ),

    deleteNatGateway: (id, signal) =>
      removed(signal, (options) => client.send(new DeleteNatGatewayCommand({ NatGatewayId: id }), options)),
  };
  return port;
}

function requestOf(gateway: NewNatGateway): CreateNatGatewayRequest {
  const { mode } = gateway;
  if (mode === "regional") return { AvailabilityMode: mode, VpcId: gateway.vpcId };
  return { SubnetId: gateway.subnetId, AllocationId: gateway.addressId };
}
