import type { NatGateway } from "../../aws/port.ts";
import { nothing, ready } from "../../core/step.ts";
import { namedTags, nameOf, ownTags, type RegionStep, sole } from "../world.ts";
import { internetGateway } from "./internet-gateway.ts";
import { natAddress } from "./nat-address.ts";
import { subnets } from "./subnets.ts";

/**
 * One gateway for all private subnets: when its zone is lost, so is the way out, but not what runs. Gives its id.
 */
export const natGateway: RegionStep<NatGateway | undefined, string> = {
  id: "nat-gateway",
  title: "NAT gateway",
  scope: "region",
  needs: [subnets, internetGateway, natAddress],
  async read({ world, signal }) {
    const found = await (await world.aws.ec2()).natGateways(ownTags(world), signal);
    // One that failed is deleted by AWS after a while and does not count once there is another.
    const alive = found.filter((gateway) => gateway.state !== "failed" && gateway.state !== "deleting");
    return sole(alive, "NAT gateway", world) ?? found[0];
  },
  diff: (actual, { world }) =>
    actual === undefined
      ? { action: "create", summary: `${nameOf(world, "nat")} in the first public subnet`, details: [] }
      : nothing,
  async apply(_actual, at) {
    const { world, signal } = at;
    const [first] = at.required(subnets).publicIds;
    const address = at.required(natAddress);
    await (await world.aws.ec2()).createNatGateway(first ?? "", address, namedTags(world, "nat"), signal);
  },
  ready(actual) {
    if (actual?.state === "available") return ready;
    if (actual?.state === "failed") return { state: "failed", reason: actual.failure ?? "AWS says it failed" };
    return { state: "waiting", detail: actual?.state ?? "not visible yet" };
  },
  output: (actual) => (actual?.state === "failed" ? undefined : actual?.id),
};
