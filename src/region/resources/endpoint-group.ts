import type { SecurityGroup } from "../../aws/ec2/security-groups.ts";
import { ingressText } from "../../core/ingress-text.ts";
import { ready, readyIfThere } from "../../core/resource.ts";
import { deletions } from "../differences.ts";
import { resourceTags, restoreTags, taggedDifference } from "../ec2-tags.ts";
import { nameOf, type RegionResource, type RegionWorld } from "../world.ts";
import { groupInVpc } from "./group-in-vpc.ts";
import { rangesIn, vpcRanges } from "./vpc-ranges.ts";
import { vpc } from "./vpc.ts";

const name = "endpoints";
const httpsPort = 443;

/** Returns whether gennet.yaml asks for services that are reached through interface endpoints. */
export function wantsEndpoints({ region }: RegionWorld): boolean {
  return region.network.endpoints.length > 0;
}

/** The security group of the interface endpoints: the whole VPC may connect. Outputs its id. */
export const endpointGroup: RegionResource<SecurityGroup | undefined, string> = {
  id: "endpoint-group",
  title: "Security group of the VPC endpoints",
  needs: [vpc, vpcRanges],
  wanted: wantsEndpoints,
  read: (at) => groupInVpc(name, at),
  diff(actual, at) {
    const { world } = at;
    const rules = rangesIn(at).map(ruleFor);
    const desired = { fields: { allows: rules }, tags: resourceTags(world, name) };
    // What others allow in addition is none of ours.
    const own = (actual?.ingress ?? []).map(({ text }) => text).filter((text) => rules.includes(text));
    const allows = own.length === 0 ? "nothing" : own;
    return taggedDifference(nameOf(world, name), actual && { fields: { allows }, tags: actual.tags }, desired);
  },
  async apply(actual, at) {
    const { world, signal } = at;
    const ec2 = await world.aws.service("ec2");
    const tags = resourceTags(world, name);
    const group = { vpcId: at.required(vpc), name: nameOf(world, name), description: "VPC endpoints of gennet", tags };
    const id = actual?.id ?? (await ec2.createSecurityGroup(group, signal));
    for (const range of rangesIn(at)) {
      const isAllowed = actual?.ingress.some(({ text }) => text === ruleFor(range)) === true;
      if (!isAllowed) await ec2.allowIngress(id, httpsPort, range, signal);
    }
    if (actual !== undefined) await restoreTags(ec2, actual, tags, signal);
  },
  ready: readyIfThere,
  output: (actual) => actual?.id,
  removal: {
    diff: (actual, { world }) => deletions(actual === undefined ? [] : [nameOf(world, name)]),
    async apply(actual, { world, signal }) {
      if (actual !== undefined) await (await world.aws.service("ec2")).deleteSecurityGroup(actual.id, signal);
    },
    gone: (actual) => (actual === undefined ? ready : { state: "waiting", detail: "still visible" }),
  },
};

function ruleFor(range: string): string {
  return ingressText(httpsPort, range);
}
