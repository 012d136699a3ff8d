import type { Vpc } from "../../aws/ec2/port.ts";
import { awsFlags } from "../../core/aws-flags.ts";
import { hasTags } from "../../core/has-tags.ts";
import { blocked, type Difference, type ResourceContext } from "../../core/resource.ts";
import { shell } from "../../core/shell-words.ts";
import { regionTags, resourceTags } from "../ec2-tags.ts";
import { ownTags, type RegionWorld, sole } from "../world.ts";

type At = Pick<ResourceContext<RegionWorld>, "world" | "signal">;

/** The name of a region's own VPC. */
export const vpcName = "vpc";

/** Returns the VPC in which the region's subnets are: only a VPC of gennet has some. */
export async function aroundSubnets({ world, signal }: At): Promise<Vpc | undefined> {
  const ec2 = await world.aws.service("ec2");
  const subnets = await ec2.subnets({ tags: regionTags(world) }, signal);
  const ids = [...new Set(subnets.map(({ vpcId }) => vpcId))];
  const found = await Promise.all(ids.map((id) => ec2.vpc(id, signal)));
  return sole(
    found.filter((each) => each !== undefined),
    "VPC",
    world,
  );
}

/** Returns the VPC of the region's cluster. It may be of gennet, or one that gennet.yaml has given before. */
export async function vpcOfCluster({ world, signal }: At): Promise<string | undefined> {
  const cluster = await (await world.aws.service("eks")).cluster(world.region.cluster, signal);
  return cluster !== undefined && hasTags(cluster.tags, ownTags(world)) ? cluster.vpcId : undefined;
}

/** A cluster keeps its VPC, so that another VPC would be of no use. */
export function withoutTags(vpcId: string, world: RegionWorld): Difference {
  const { cluster } = world.region;
  const tags = Object.entries(resourceTags(world, vpcName)).map(([key, value]) => `Key=${key},Value=${value}`);
  return blocked(
    `cluster ${cluster} is in ${vpcId}, which has no tags of gennet: put them back, or give it in network.vpc of gennet.yaml`,
    [],
    [`${shell`aws ec2 create-tags --resources ${vpcId} --tags ${tags}`} ${awsFlags(world)}  # if gennet created it`],
  );
}
