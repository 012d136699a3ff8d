import type { NetworkInterface, Subnet } from "../../aws/ec2/port.ts";
import { ready } from "../../core/resource.ts";
import { deletions } from "../differences.ts";
import { fieldOf, type GivenFacts, isGivenVpc } from "../given.ts";
import { leftInterfaces } from "../leftovers.ts";
import type { RegionWorld } from "../world.ts";
import { hasControlPlanes } from "../zones.ts";
import type { Subnets, SubnetKind } from "./subnet-names.ts";

/** A subnet that gennet.yaml lists. */
export interface ListedSubnet {
  readonly kind: SubnetKind;
  readonly index: number;
  readonly id: string;
  /** Undefined if the VPC has no such subnet. */
  readonly subnet: Subnet | undefined;
}

interface Given {
  readonly listed: readonly ListedSubnet[];
  /** What the cluster left behind in them; only read to remove it. */
  readonly left: readonly NetworkInterface[];
}

/** Returns the subnets that gennet.yaml lists, private ones first. */
export async function listedSubnets(
  { region, aws }: RegionWorld,
  signal: AbortSignal,
): Promise<readonly ListedSubnet[]> {
  const { vpc: vpcId = "", subnets } = region.network;
  const found = await (await aws.service("ec2")).subnets({ vpcId }, signal);
  return (["private", "public"] as const).flatMap((kind) =>
    (subnets?.[kind] ?? []).map((id, index) => ({ kind, index, id, subnet: found.find((each) => each.id === id) })),
  );
}

/** The subnets of gennet.yaml. The private ones are the cluster's, so they must be in two zones that EKS supports. */
export const givenSubnets: GivenFacts<Given, Subnets> = {
  isGiven: isGivenVpc,
  async read(at) {
    const listed = await listedSubnets(at.world, at.signal);
    const ids = listed.flatMap(({ subnet }) => (subnet === undefined ? [] : [subnet.id]));
    const { vpc = "" } = at.world.region.network;
    return { listed, left: at.removing === true ? await leftInterfaces(vpc, ids, at) : [] };
  },
  problem({ listed }, { world }) {
    for (const each of listed) {
      const why = objectionTo(each, world);
      if (why !== undefined) return `${fieldOf(world, "network", "subnets", each.kind, each.index)}: ${why}`;
    }
    const inCluster = listed.filter(({ kind }) => kind === "private");
    const zones = new Set(inCluster.map(({ subnet }) => subnet?.zone));
    if (zones.size > 1) return undefined;
    return `${fieldOf(world, "network", "subnets", "private")}: all of them are in ${[...zones].join("")}, and EKS needs two zones`;
  },
  output({ listed }) {
    const subnets = listed.flatMap(({ id, kind, subnet }) =>
      subnet === undefined ? [] : [{ id, name: `${kind}-${id}`, kind }],
    );
    return subnets.length === 0 ? undefined : { subnets, names: subnets.map(({ name }) => name) };
  },
  removal: {
    diff: ({ left }) => deletions(left.map(({ id }) => `network interface ${id}`)),
    async apply({ left }, { world, signal }) {
      const ec2 = await world.aws.service("ec2");
      for (const { id } of left) await ec2.deleteNetworkInterface(id, signal);
    },
    gone: ({ left }) =>
      left.length === 0 ? ready : { state: "waiting", detail: "network interfaces are still there" },
  },
};

function objectionTo({ kind, id, subnet }: ListedSubnet, { region }: RegionWorld): string | undefined {
  if (subnet === undefined) return `${region.network.vpc} has no subnet ${id}`;
  if (subnet.state !== "available") return `${id} is ${subnet.state}`;
  // https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
  if (kind === "private" && !hasControlPlanes(subnet.zone)) {
    return `${id} is in ${subnet.zone}, where EKS has no control planes`;
  }
  return undefined;
}
