import type { NatGateway, NetworkInterface, Subnet, VpcEndpoint } from "../../aws/ec2/port.ts";
import { hasTags } from "../../core/has-tags.ts";
import { shell } from "../../core/shell-words.ts";
import { awsFlags } from "../../core/aws-flags.ts";
import { regionTags, resourceIn } from "../ec2-tags.ts";
import { nameOf, type RegionWorld } from "../world.ts";
import { gatewayNumbers, isAlive, numbered, zonalGateways } from "./nat-address.ts";
import type { FormerSubnets } from "./subnet-names.ts";

type Hold = NonNullable<FormerSubnets["heldBy"]>;

/** How many interfaces of others a plan names. */
const named = 3;

/** Returns the places whose zones gennet.yaml no longer asks for; of a number of zones, the last ones go. */
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
  const subnets = found.map(({ name, index, subnet: { id, vpcId } }) => ({ id, name, vpcId, index }));
  const [first] = subnets;
  if (first === undefined) return { subnets };
  const held =
    (await heldByGateway(first.vpcId, subnets, world, signal)) ??
    (await heldByCluster(subnets, world, signal)) ??
    (await heldByOthers(first.vpcId, subnets, world, signal));
  return { subnets, ...(held === undefined ? {} : { heldBy: held }) };
}

type Former = FormerSubnets["subnets"];

/** A gateway never moves to another subnet. One that gennet.yaml no longer asks for goes in the same run. */
async function heldByGateway(
  vpcId: string,
  former: Former,
  world: RegionWorld,
  signal: AbortSignal,
): Promise<Hold | undefined> {
  const gateways = await (await world.aws.service("ec2")).natGateways({ vpcId }, signal);
  const inside = gateways.filter((each) => isAlive(each) && former.some(({ id }) => id === each.subnetId));
  const wanted = gatewayNumbers.slice(0, zonalGateways(world)).map((number) => numbered("nat", number));
  const kept = inside.find(({ tags }) => hasTags(tags, regionTags(world)) && wanted.includes(resourceIn(tags) ?? ""));
  if (kept === undefined) return undefined;
  const place = former.find(({ id }) => id === kept.subnetId)?.name;
  return {
    reason: `the NAT gateway ${nameOf(world, resourceIn(kept.tags) ?? "")} is in ${place}, and AWS never moves a gateway`,
    next: ["Set network.nat to regional together with the fewer zones, or keep the zone in network.zones."],
  };
}

async function heldByCluster(former: Former, world: RegionWorld, signal: AbortSignal): Promise<Hold | undefined> {
  const { cluster: name } = world.region;
  const eks = await world.aws.service("eks");
  const cluster = await eks.cluster(name, signal);
  if (cluster === undefined) return undefined;
  const isFormer = (id: string): boolean => former.some((each) => each.id === id);
  const groups = await eks.nodegroups(name, signal);
  // https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateNodegroupConfig.html
  const group = groups.find(({ subnetIds }) => subnetIds.some(isFormer));
  if (group !== undefined) {
    const deletion = shell`aws eks delete-nodegroup --cluster-name ${name} --nodegroup-name ${group.name}`;
    return {
      reason: `the node group ${group.name} has nodes in ${namesOf(group.subnetIds, former)}, and EKS never changes the subnets of a node group: it has to be replaced`,
      next: [
        `${deletion} ${awsFlags(world)}  # drains and ends its nodes; the next bootstrap creates it in the zones that stay`,
        "Keep the zone in network.zones to keep the nodes.",
      ],
    };
  }
  if (!cluster.subnetIds.some(isFormer)) return undefined;
  const inside = namesOf(cluster.subnetIds, former);
  const keep = "Keep the zone in network.zones.";
  if (cluster.auto !== undefined) {
    return {
      reason: `EKS Auto Mode launches nodes in ${inside}, and keeps the subnets that it began with`,
      next: [keep],
    };
  }
  if (cluster.subnetIds.filter((id) => !isFormer(id)).length > 1) return undefined;
  // https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
  const reason = `the cluster is in ${inside}, needs two zones, and EKS adds no zone to a cluster`;
  return { reason, next: [`${keep} A cluster of a new name can be in other zones.`] };
}

/** Only the interfaces of what leaves the subnets in the same run do not keep them. */
async function heldByOthers(
  vpcId: string,
  former: Former,
  world: RegionWorld,
  signal: AbortSignal,
): Promise<Hold | undefined> {
  const ec2 = await world.aws.service("ec2");
  const [interfaces, gateways, endpoints] = await Promise.all([
    ec2.networkInterfaces(vpcId, signal),
    ec2.natGateways({ vpcId }, signal),
    ec2.vpcEndpoints({ vpcId }, signal),
  ]);
  const own = [...gateways, ...endpoints].filter(({ tags }: NatGateway | VpcEndpoint) =>
    hasTags(tags, regionTags(world)),
  );
  const leaving = [
    `Amazon EKS ${world.region.cluster}`,
    ...own.flatMap(({ id }) => [`Interface for NAT Gateway ${id}`, `VPC Endpoint Interface ${id}`]),
  ];
  const users = interfaces.filter(
    ({ subnetId, status, description }) =>
      former.some(({ id }) => id === subnetId) && status !== "available" && !leaving.includes(description),
  );
  if (users.length === 0) return undefined;
  const shown = users.slice(0, named);
  const more = users.length > shown.length ? `, and ${users.length - shown.length} more` : "";
  const ids = shown.map(({ id }) => id);
  const command = shell`aws ec2 describe-network-interfaces --network-interface-ids ${ids}`;
  return {
    reason: `${shown.map((each) => inWords(each, former)).join(", ")}${more}`,
    next: [
      `${command} ${awsFlags(world)}  # shows what they belong to; move or delete that, then run this again`,
      "Keep the zone in network.zones as long as something uses it.",
    ],
  };
}

function inWords({ id, subnetId, description }: NetworkInterface, former: Former): string {
  return `network interface ${id} (${description || "no description"}) is in ${namesOf([subnetId], former)}`;
}

function namesOf(ids: readonly string[], former: Former): string {
  return former.flatMap(({ id, name }) => (ids.includes(id) ? [name] : [])).join(", ");
}
