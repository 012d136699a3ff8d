import type { SecurityGroup } from "../../aws/ec2/port.ts";
import { ready } from "../../core/resource.ts";
import { canonical } from "../cidr.ts";
import { deletions } from "../differences.ts";
import { hasTags, identityTags, lostTags, resourceTags, taggedDifference } from "../ec2-tags.ts";
import { nameOf, type RegionResource, type RegionWorld, sole } from "../world.ts";
import { inVpc, vpc } from "./vpc.ts";

const name = "endpoints";

/** Returns whether gennet.yaml asks for services that are reached through interface endpoints. */
export function wantsEndpoints({ region }: RegionWorld): boolean {
  return region.network.endpoints.length > 0;
}

/** The security group of the interface endpoints: the whole VPC may connect. Outputs its id. */
export const endpointGroup: RegionResource<SecurityGroup | undefined, string> = {
  id: "endpoint-group",
  title: "Security group of the VPC endpoints",
  needs: [vpc],
  wanted: wantsEndpoints,
  async read(at) {
    const { world, signal } = at;
    const found = await (await world.aws.service("ec2")).securityGroups(inVpc(at), signal);
    const own = found.filter(({ tags }) => hasTags(tags, identityTags(world, name)));
    // The name of a group cannot be changed, and is unique in a VPC.
    return sole(own, "security group of the VPC endpoints", world) ?? found.find((each) => each.name === nameOf(world, name));
  },
  diff(actual, { world }) {
    const desired = { fields: { allows: [ruleOf(world)] }, tags: resourceTags(world, name) };
    // What others allow in addition is none of ours.
    const allows = actual?.ingress.filter((rule) => rule === ruleOf(world)) ?? [];
    return taggedDifference(nameOf(world, name), actual && { fields: { allows }, tags: actual.tags }, desired);
  },
  async apply(actual, at) {
    const { world, signal } = at;
    const ec2 = await world.aws.service("ec2");
    const tags = resourceTags(world, name);
    const group = { vpcId: at.required(vpc), name: nameOf(world, name), description: "VPC endpoints of gennet" };
    const id = actual?.id ?? (await ec2.createSecurityGroup(group, tags, signal));
    if (actual?.ingress.includes(ruleOf(world)) !== true) await ec2.allowTcp(id, 443, rangeOf(world), signal);
    const lost = lostTags(actual?.tags ?? tags, tags);
    if (Object.keys(lost).length > 0) await ec2.tag(id, lost, signal);
  },
  ready: (actual) => (actual === undefined ? { state: "waiting", detail: "not visible yet" } : ready),
  output: (actual) => actual?.id,
  removal: {
    diff: (actual, { world }) => deletions(actual === undefined ? [] : [nameOf(world, name)]),
    async apply(actual, { world, signal }) {
      if (actual !== undefined) await (await world.aws.service("ec2")).deleteSecurityGroup(actual.id, signal);
    },
    gone: (actual) => (actual === undefined ? ready : { state: "waiting", detail: "still visible" }),
  },
};

function rangeOf({ region }: RegionWorld): string {
  return canonical(region.network.cidr);
}

function ruleOf(world: RegionWorld): string {
  return `tcp 443 from ${rangeOf(world)}`;
}
