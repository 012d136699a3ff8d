import type { GroupInVpc, Vpc, Where } from "../../aws/ec2/port.ts";
import type { Tags } from "../../aws/tags.ts";
import { asDesired, ready, type ResourceContext } from "../../core/resource.ts";
import { ownRange } from "../cidr.ts";
import { foundByTags, regionTags, resourceTags, restoreTags, taggedDifference } from "../ec2-tags.ts";
import { unlessGiven } from "../given.ts";
import { deleteGroups, groupDeletion, leftGroups } from "../leftovers.ts";
import { nameOf, type RegionResource, type RegionWorld } from "../world.ts";
import { givenVpc } from "./given-vpc.ts";
import { aroundSubnets, vpcName as name, vpcOfCluster, withoutTags } from "./untagged-vpc.ts";

interface Actual {
  readonly vpc: Vpc | undefined;
  /** The VPC of the region's cluster, if that is all that is known of the VPC. */
  readonly clusterIn?: string | undefined;
  /** The security groups that the cluster and its load balancers leave behind; only read to remove the VPC. */
  readonly leftovers: readonly GroupInVpc[];
}

const ownVpc: RegionResource<Actual, string> = {
  id: "vpc",
  title: "VPC",
  needs: [],
  async read(at) {
    const { world, signal, removing = false } = at;
    const ec2 = await world.aws.service("ec2");
    const list = (tags: Tags): Promise<readonly Vpc[]> => ec2.vpcs(tags, signal);
    const found = await foundByTags({ name, what: "VPC", list, through: () => aroundSubnets(at) }, world);
    if (found === undefined) return { vpc: undefined, clusterIn: await vpcOfCluster(at), leftovers: [] };
    return { vpc: found, leftovers: removing ? await leftGroups(found.id, at) : [] };
  },
  diff({ vpc: actual, clusterIn }, { world }) {
    if (clusterIn !== undefined) return withoutTags(clusterIn, world);
    const desired = {
      fields: { range: ownRange(world.region), "DNS resolution": true, "DNS host names": true },
      tags: resourceTags(world, name),
    };
    const now = actual && {
      fields: { range: actual.cidr, "DNS resolution": actual.dnsSupport, "DNS host names": actual.dnsHostnames },
      tags: actual.tags,
    };
    return taggedDifference(nameOf(world, name), now, desired, ["range"]);
  },
  async apply({ vpc: actual }, { world, signal }) {
    const ec2 = await world.aws.service("ec2");
    const tags = resourceTags(world, name);
    const id = actual?.id ?? (await ec2.createVpc(ownRange(world.region), tags, signal));
    // EKS needs both: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html. A new VPC has resolution.
    if (actual?.dnsSupport === false) await ec2.enableDnsSupport(id, signal);
    if (actual?.dnsHostnames !== true) await ec2.enableDnsHostnames(id, signal);
    if (actual !== undefined) await restoreTags(ec2, actual, tags, signal);
  },
  ready: ({ vpc: actual }) =>
    actual?.state === "available" ? ready : { state: "waiting", detail: actual?.state ?? "not visible yet" },
  output: ({ vpc: actual }) => actual?.id,
  removal: {
    diff({ vpc: actual, clusterIn, leftovers }, { world }) {
      if (clusterIn !== undefined) return withoutTags(clusterIn, world);
      if (actual === undefined) return asDesired;
      const target = nameOf(world, name);
      return {
        operations: [{ verb: "delete", target }, ...leftovers.map((group) => groupDeletion(group, target))],
      };
    },
    async apply({ vpc: actual, leftovers }, at) {
      if (actual === undefined) return;
      await deleteGroups(leftovers, at);
      await (await at.world.aws.service("ec2")).deleteVpc(actual.id, at.signal);
    },
    gone: ({ vpc: actual }) => (actual === undefined ? ready : { state: "waiting", detail: actual.state }),
  },
};

/** The VPC that gennet makes, or that of gennet.yaml. Outputs its id. */
export const vpc = unlessGiven(ownVpc, givenVpc);

/** Returns where the region's resources are: in its VPC, or nowhere as long as there is none. */
export function inVpc(at: ResourceContext<RegionWorld>): Where {
  const vpcId = at.output(vpc);
  return vpcId === undefined ? { tags: regionTags(at.world) } : { vpcId };
}
