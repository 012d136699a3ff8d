import type { NetworkInterface, GroupInVpc } from "../aws/ec2/port.ts";
import type { Operation } from "../core/operation.ts";
import type { ResourceContext } from "../core/resource.ts";
import { isMadeIn } from "./made-in-cluster.ts";
import type { RegionWorld } from "./world.ts";

type At = Pick<ResourceContext<RegionWorld>, "world" | "signal">;

/**
 * Returns whether a security group was made for the region's cluster, or for load balancers of its Services, and is
 * left behind: neither deleting the cluster nor deleting its VPC deletes it. A group that clusters share is tagged
 * `shared`, and the groups of another cluster stay.
 */
function isLeftover({ name, tags }: GroupInVpc, { region }: RegionWorld): boolean {
  const { cluster } = region;
  return name.startsWith(`eks-cluster-sg-${cluster}-`) || isMadeIn(cluster, tags);
}

/**
 * Returns whether a network interface was made by the cluster or by the network plug-in of its nodes, and belongs to
 * nothing any more: it keeps its subnet from being deleted.
 */
function isAbandoned({ status, description }: NetworkInterface, { region }: RegionWorld): boolean {
  const isMadeByCluster = description.startsWith("aws-K8S-") || description === `Amazon EKS ${region.cluster}`;
  return isMadeByCluster && status === "available";
}

/** Returns the security groups that the cluster and its load balancers left behind in a VPC. */
export async function leftGroups(vpcId: string, { world, signal }: At): Promise<readonly GroupInVpc[]> {
  const groups = await (await world.aws.service("ec2")).groupsIn(vpcId, signal);
  return groups.filter((group) => isLeftover(group, world));
}

export async function deleteGroups(groups: readonly GroupInVpc[], { world, signal }: At): Promise<void> {
  const ec2 = await world.aws.service("ec2");
  // They may name each other in their rules, and none of them can be deleted before that has ended.
  for (const { id } of groups) await ec2.revokeRules(id, signal);
  for (const { id } of groups) await ec2.deleteSecurityGroup(id, signal);
}

/** Returns the network interfaces that the cluster left behind in these subnets of a VPC. */
export async function leftInterfaces(
  vpcId: string,
  subnetIds: readonly string[],
  { world, signal }: At,
): Promise<readonly NetworkInterface[]> {
  const found = await (await world.aws.service("ec2")).networkInterfaces(vpcId, signal);
  return found.filter((each) => subnetIds.includes(each.subnetId) && isAbandoned(each, world));
}

/** Returns the deletion of a security group that is left behind in the target. */
export function groupDeletion({ id, name }: GroupInVpc, target: string): Operation {
  return { verb: "delete", target: `security group ${id} (${name})`, with: target };
}

/** Returns the deletion of a network interface that is left behind in the target. */
export function interfaceDeletion({ id, description }: NetworkInterface, target: string): Operation {
  return { verb: "delete", target: `network interface ${id} (${description})`, with: target };
}

/**
 * Returns the names of the classic load balancers of the cluster, by the network interfaces that they have in a VPC.
 * Whose they are, their security groups say.
 */
export function classicBalancersIn(
  interfaces: readonly NetworkInterface[],
  groups: readonly GroupInVpc[],
  world: RegionWorld,
): readonly string[] {
  const own = groups.filter((group) => isLeftover(group, world)).map(({ id }) => id);
  const names = interfaces.flatMap(({ description, groupIds }) => {
    const [, name] = /^ELB ([^/]+)$/.exec(description) ?? [];
    return name !== undefined && groupIds.some((id) => own.includes(id)) ? [name] : [];
  });
  return [...new Set(names)];
}
