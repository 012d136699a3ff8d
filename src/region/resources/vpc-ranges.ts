import { asDesired, ready, type ResourceContext } from "../../core/resource.ts";
import { ownRange } from "../cidr.ts";
import { isGivenVpc } from "../given.ts";
import type { RegionResource, RegionWorld } from "../world.ts";
import { vpc } from "./vpc.ts";

/** The ranges of a VPC that gennet.yaml gives, with secondary ones: pods may have their addresses there. Outputs them. */
export const vpcRanges: RegionResource<readonly string[] | undefined, readonly string[]> = {
  id: "vpc-ranges",
  title: "Ranges of the VPC",
  needs: [vpc],
  wanted: isGivenVpc,
  async read(at) {
    const id = isGivenVpc(at.world) ? at.output(vpc) : undefined;
    return id === undefined ? undefined : (await (await at.world.aws.service("ec2")).vpc(id, at.signal))?.ranges;
  },
  diff: () => asDesired,
  apply: async () => undefined,
  ready: () => ready,
  output: (actual) => actual,
};

/** Returns the ranges in which the region's pods and nodes have their addresses. */
export function rangesIn(at: ResourceContext<RegionWorld>): readonly string[] {
  return isGivenVpc(at.world) ? (at.output(vpcRanges) ?? []) : [ownRange(at.world.region)];
}
