import { rangesOverlap } from "../../core/ip-range.ts";
import { forwardsWrites } from "../resources/forwarding/forwarding-facts.ts";
import { ownTags } from "../world.ts";
import { creationsOf, type PreflightCheck, steps } from "./preflight-context.ts";

const id = "preflight/ranges";

export const ranges: PreflightCheck = {
  id,
  title: "range of addresses of the VPC",
  explain:
    "VPCs whose ranges overlap can never be peered or routed to each other, and a VPC keeps its range. Compares the range of a new VPC with the other regions and with the VPCs that the account already has in the AWS region. An overlap is a warning, because the VPC works by itself. With another region it is a failure if stores.postgres.writes is forward: that needs peering.",
  async run(context, signal) {
    if (creationsOf(context, steps.vpc) === 0) return [];
    const { world, others } = context;
    const { cidr } = world.region.network;
    const regions = others
      .map(({ world: { region } }) => region)
      .filter(({ network }) => rangesOverlap(network.cidr, cidr))
      .map(({ name, network }) => `${network.cidr} of region ${name}`);
    const foreign = (await (await world.aws.service("ec2")).vpcRanges(signal))
      .filter(({ tags }) => Object.entries(ownTags(world)).some(([key, value]) => tags[key] !== value))
      .flatMap((each) =>
        each.ranges.filter((range) => rangesOverlap(range, cidr)).map((range) => `${range} of ${each.id}`),
      );
    const near = [...new Set([...regions, ...foreign])];
    if (near.length === 0) return [{ id, severity: "ok", subject: `range ${cidr}`, summary: "overlaps no other VPC" }];
    return [
      {
        id,
        severity: regions.length > 0 && forwardsWrites(world) ? "fail" : "warn",
        subject: `range ${cidr}`,
        summary: `overlaps ${near.join(", ")}: such VPCs can never be peered, and a VPC keeps its range`,
        fix: `Set network.cidr of region ${world.region.name} in gennet.yaml to a free range.`,
      },
    ];
  },
};
