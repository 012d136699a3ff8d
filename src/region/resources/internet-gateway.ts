import type { InternetGateway } from "../../aws/ec2/port.ts";
import { asDesired, creation, ready, update } from "../../core/resource.ts";
import { namedTags, nameOf, ownTags, type RegionResource, sole } from "../world.ts";
import { vpc } from "./vpc.ts";

/** Outputs the gateway's id. */
export const internetGateway: RegionResource<InternetGateway | undefined, string> = {
  id: "internet-gateway",
  title: "Internet gateway",
  needs: [vpc],
  read: async ({ world, signal }) =>
    sole(await (await world.aws.service("ec2")).internetGateways(ownTags(world), signal), "internet gateway", world),
  diff(actual, { world }) {
    const target = nameOf(world, "igw");
    const vpcName = nameOf(world, "vpc");
    if (actual === undefined) return { operations: [creation(target, { "attached to": vpcName })] };
    return actual.vpcId !== undefined ? asDesired : { operations: [update(target, "attached to", vpcName, "nothing")] };
  },
  async apply(actual, at) {
    const { world, signal } = at;
    const ec2 = await world.aws.service("ec2");
    const id = actual?.id ?? (await ec2.createInternetGateway(namedTags(world, "igw"), signal));
    if (actual?.vpcId === undefined) await ec2.attachInternetGateway(id, at.required(vpc), signal);
  },
  ready: (actual) => (actual === undefined ? { state: "waiting", detail: "not visible yet" } : ready),
  output: (actual) => actual?.id,
};
