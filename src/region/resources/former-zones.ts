import type { NetworkInterface, Subnet } from "../../aws/ec2/port.ts";
import { shell } from "../../core/shell-words.ts";
import { awsFlags } from "../aws-flags.ts";
import type { RegionWorld } from "../world.ts";
import { zonalGateways } from "./nat-address.ts";
import type { FormerSubnets } from "./subnet-names.ts";

/** Interfaces that go when the cluster, a gateway or an endpoint of gennet leaves the subnet. */
const passing = /^(Amazon EKS |Interface for NAT Gateway |VPC Endpoint Interface )/;

/** Returns the places whose zones gennet.yaml does not want any more; of a number of zones, the last ones go. */
export function formerPlaces(wanted: number | readonly string[], held: ReadonlyMap<number, string>): readonly number[] {
  if (typeof wanted !== "number") return [...held].flatMap(([place, zone]) => (wanted.includes(zone) ? [] : [place]));
  const last = [...held.keys()].toSorted((one, other) => other - one);
  return last.slice(0, Math.max(0, held.size - wanted));
}

/** Returns the subnets of these places, and what keeps them. */
export async function formerSubnetsOf(
  found: readonly { readonly name: string; readonly index: number; readonly subnet: Subnet }[],
  world: RegionWorld,
  signal: AbortSignal,
): Promise<FormerSubnets> {
  const subnets = found.map(({ name, index, subnet: { id, vpcId } }) => ({ name, index, id, vpcId }));
  const heldBy = await whatHolds(subnets, world, signal);
  return { subnets, ...(heldBy === undefined ? {} : { heldBy }) };
}

async function whatHolds(
  subnets: FormerSubnets["subnets"],
  world: RegionWorld,
  signal: AbortSignal,
): Promise<string | undefined> {
  const [first] = subnets;
  if (first === undefined) return undefined;
  const { cluster } = world.region;
  const names = subnets.map(({ name }) => name).join(", ");
  const ids = subnets.map(({ id }) => id);
  const gateway = subnets.find(({ name, index }) => name.startsWith("public-") && index <= zonalGateways(world));
  if (gateway !== undefined) {
    return `network.nat wants a NAT gateway in ${gateway.name}: list its zone in network.zones, or change network.nat first`;
  }
  const groups = await (await world.aws.service("eks")).nodegroups(cluster, signal);
  // https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateNodegroupConfig.html
  const group = groups.find(({ subnetIds }) => subnetIds.some((id) => ids.includes(id)));
  if (group !== undefined) {
    const command = shell`aws eks delete-nodegroup --cluster-name ${cluster} --nodegroup-name ${group.name}`;
    return `the node group ${group.name} is in ${names}, and EKS never changes the subnets of a node group: keep the zone in network.zones, or let bootstrap create the group again after ${command} ${awsFlags(world)}, which ends its nodes`;
  }
  const interfaces = await (await world.aws.service("ec2")).networkInterfaces(first.vpcId, signal);
  const user = interfaces.find((each) => ids.includes(each.subnetId) && isInUse(each));
  return user === undefined ? undefined : `${names} is used by ${user.id} (${user.description || "no description"})`;
}

function isInUse({ status, description }: NetworkInterface): boolean {
  return status !== "available" && !passing.test(description);
}
