import type { InternetGateway } from "../../aws/port.ts";
import { nothing, ready } from "../../core/step.ts";
import { namedTags, nameOf, ownTags, type RegionStep, sole } from "../world.ts";
import { vpc } from "./vpc.ts";

/** Gives the gateway's id. */
export const internetGateway: RegionStep<InternetGateway | undefined, string> = {
  id: "internet-gateway",
  title: "Internet gateway",
  scope: "region",
  needs: [vpc],
  read: async ({ world, signal }) =>
    sole(await (await world.aws.ec2()).internetGateways(ownTags(world), signal), "internet gateway", world),
  diff(actual, { world }) {
    if (actual === undefined) return { action: "create", summary: nameOf(world, "igw"), details: [] };
    if (actual.vpcId !== undefined) return nothing;
    return { action: "update", summary: "its place", details: ["attach it to the VPC"] };
  },
  async apply(actual, at) {
    const { world, signal } = at;
    const ec2 = await world.aws.ec2();
    const id = actual?.id ?? (await ec2.createInternetGateway(namedTags(world, "igw"), signal));
    if (actual?.vpcId === undefined) await ec2.attachInternetGateway(id, at.required(vpc), signal);
  },
  ready: (actual) => (actual === undefined ? { state: "waiting", detail: "not visible yet" } : ready),
  output: (actual) => actual?.id,
};
