import { AppError } from "../../core/error.ts";
import { hasTags } from "../../core/has-tags.ts";
import { rangesOverlap } from "../../core/ip-range.ts";
import { gotNoAnswer } from "../../core/transient.ts";
import { isGivenVpc } from "../given.ts";
import { forwardsWrites } from "../resources/forwarding/forwarding-facts.ts";
import { ownTags, type RegionWorld } from "../world.ts";
import { creationsOf, type PreflightCheck, steps } from "./preflight-context.ts";

const id = "preflight/ranges";

export const ranges: PreflightCheck = {
  id,
  title: "range of addresses of the VPC",
  explain:
    "VPCs whose ranges overlap can never be peered or routed to each other, and a VPC keeps its range. Compares the range of a new VPC with the other regions and with the VPCs that the account already has in the AWS region. An overlap is a warning, because the VPC works by itself. With another region it is a failure if stores.postgres.writes is forward: that needs peering.",
  async run(context, signal) {
    const { world, others } = context;
    if (creationsOf(context, steps.vpc) === 0 && !isGivenVpc(world)) return [];
    const own = await rangesOf(world, signal);
    const cidr = own.join(", ");
    const isNear = (range: string): boolean => own.some((each) => rangesOverlap(each, range));
    const regions = await Promise.all(
      others.map(async (other) =>
        (await rangesOf(other.world, signal))
          .filter(isNear)
          .map((range) => `${range} of region ${other.world.region.name}`),
      ),
    ).then((each) => each.flat());
    const foreign = (await (await world.aws.service("ec2")).vpcRanges(signal))
      .filter(({ id: vpcId }) => vpcId !== world.region.network.vpc)
      .filter(({ tags }) => !hasTags(tags, ownTags(world)))
      .flatMap((each) => each.ranges.filter(isNear).map((range) => `${range} of ${each.id}`));
    const near = [...new Set([...regions, ...foreign])];
    if (near.length === 0) return [{ id, severity: "ok", subject: `range ${cidr}`, summary: "overlaps no other VPC" }];
    return [
      {
        id,
        severity: regions.length > 0 && forwardsWrites(world) ? "fail" : "warn",
        subject: `range ${cidr}`,
        summary: `overlaps ${near.join(", ")}: such VPCs can never be peered, and a VPC keeps its range`,
        ...(isGivenVpc(world)
          ? {}
          : { fix: `Set network.cidr of region ${world.region.name} in gennet.yaml to a free range.` }),
      },
    ];
  },
};

/** Returns the ranges of a region's VPC: of gennet.yaml, or those of the VPC that it gives. None if that cannot be read. */
async function rangesOf({ region, aws }: RegionWorld, signal: AbortSignal): Promise<readonly string[]> {
  const { vpc, cidr } = region.network;
  if (vpc === undefined) return [cidr];
  try {
    return (await (await aws.service("ec2")).vpc(vpc, signal))?.ranges ?? [];
  } catch (error) {
    // A region that is unreachable has its finding in the plan.
    if (error instanceof AppError && gotNoAnswer(error)) return [];
    throw error;
  }
}
