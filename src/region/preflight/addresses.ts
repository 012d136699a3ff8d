import type { CheckFinding } from "../../core/check.ts";
import { addressesOfEks, addressesPerSubnet } from "../../core/subnet-addresses.ts";
import { tagNameOf } from "../ec2-tags.ts";
import { fieldOf, isGivenVpc } from "../given.ts";
import { listedSubnets } from "../resources/given-subnets.ts";
import { ownTags } from "../world.ts";
import { creationsOf, type PreflightCheck, steps } from "./preflight-context.ts";

const id = "preflight/addresses";
const { required, recommended } = addressesOfEks;

export const addresses: PreflightCheck = {
  id,
  title: "free addresses in subnets",
  explain:
    "EKS requires at least 6 free addresses in each subnet of a cluster, for its network interfaces and for upgrades, and recommends 16. Each pod takes an address as well.",
  async run(context, signal) {
    if (creationsOf(context, steps.cluster) + creationsOf(context, steps.nodeGroup) === 0) return [];
    const { world } = context;
    if (isGivenVpc(world)) {
      const listed = (await listedSubnets(world, signal)).filter(({ kind }) => kind === "private");
      return listed.flatMap(({ index, subnet }) =>
        subnet === undefined
          ? []
          : scarce(`${fieldOf(world, "network", "subnets", "private", index)} ${subnet.id}`, subnet.free),
      );
    }
    const existing = await (await world.aws.service("ec2")).subnets({ tags: ownTags(world) }, signal);
    if (existing.length > 0) return existing.flatMap((each) => scarce(`subnet ${tagNameOf(each)}`, each.free));
    const { cidr } = world.region.network;
    return scarce(`subnets of ${cidr}`, addressesPerSubnet(cidr));
  },
};

function scarce(subject: string, free: number): readonly CheckFinding[] {
  if (free >= recommended) return [];
  const about = { id, subject, evidence: { free } };
  const has = free === 1 ? "1 free address" : `${free} free addresses`;
  return free < required
    ? [
        {
          ...about,
          severity: "fail",
          summary: `${has}, but EKS requires ${required}`,
          fix: "Free some addresses first.",
        },
      ]
    : [{ ...about, severity: "warn", summary: `${has}; EKS recommends ${recommended}, and each pod takes one` }];
}
