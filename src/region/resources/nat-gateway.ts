import type { ElasticAddress, NatGateway } from "../../aws/ec2/port.ts";
import { asDesired, creation, ready } from "../../core/resource.ts";
import { namedTags, nameOf, ownTags, type RegionResource, sole } from "../world.ts";
import { internetGateway } from "./internet-gateway.ts";
import { subnets } from "./subnets.ts";

type Address = ElasticAddress & { readonly id: string };

/** The Elastic IP from which nodes reach the internet. Outputs its allocation id. */
export const natAddress: RegionResource<Address | undefined, string> = {
  id: "nat-address",
  title: "Elastic IP of the NAT gateway",
  needs: [],
  async read({ world, signal }) {
    const found = await (await world.aws.service("ec2")).addresses(ownTags(world), signal);
    return sole(
      found.map((address) => ({ ...address, id: address.allocationId })),
      "Elastic IP",
      world,
    );
  },
  diff: (actual, { world }) => (actual === undefined ? { operations: [creation(nameOf(world, "nat"))] } : asDesired),
  apply: async (_actual, { world, signal }) =>
    void (await (await world.aws.service("ec2")).allocateAddress(namedTags(world, "nat"), signal)),
  ready: (actual) => (actual === undefined ? { state: "waiting", detail: "not visible yet" } : ready),
  output: (actual) => actual?.allocationId,
};

/**
 * One gateway for all private subnets: if its zone fails, nodes lose access to the internet, but pods keep running.
 * Outputs its id.
 */
export const natGateway: RegionResource<NatGateway | undefined, string> = {
  id: "nat-gateway",
  title: "NAT gateway",
  needs: [subnets, internetGateway, natAddress],
  async read({ world, signal }) {
    const found = await (await world.aws.service("ec2")).natGateways(ownTags(world), signal);
    // AWS deletes a failed gateway after a while; it does not count if there is another one.
    const alive = found.filter((gateway) => gateway.state !== "failed" && gateway.state !== "deleting");
    return sole(alive, "NAT gateway", world) ?? found[0];
  },
  diff: (actual, { world }) =>
    actual === undefined
      ? { operations: [creation(nameOf(world, "nat"), { subnet: nameOf(world, "public-1") })] }
      : asDesired,
  async apply(_actual, at) {
    const { world, signal } = at;
    const first = at.required(subnets).subnets.find(({ kind }) => kind === "public");
    const address = at.required(natAddress);
    await (await world.aws.service("ec2")).createNatGateway(first?.id ?? "", address, namedTags(world, "nat"), signal);
  },
  ready(actual) {
    if (actual?.state === "available") return ready;
    if (actual?.state === "failed") return { state: "failed", reason: actual.failure ?? "AWS reports that it failed" };
    return { state: "waiting", detail: actual?.state ?? "not visible yet" };
  },
  output: (actual) => (actual?.state === "failed" ? undefined : actual?.id),
};
