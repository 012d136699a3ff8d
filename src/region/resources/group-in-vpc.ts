import type { SecurityGroup } from "../../aws/ec2/security-groups.ts";
import { hasTags } from "../../core/has-tags.ts";
import type { ResourceContext } from "../../core/resource.ts";
import { regionTags } from "../ec2-tags.ts";
import { nameOf, owned, type RegionWorld } from "../world.ts";
import { vpc } from "./vpc.ts";

/**
 * Finds a security group of the region by its name, which never changes, and which EC2 allows once in a VPC: a lost tag
 * must not create it a second time. Throws REGION_NOT_MANAGED if only its name is ours.
 */
export async function groupInVpc(suffix: string, at: ResourceContext<RegionWorld>): Promise<SecurityGroup | undefined> {
  const { world, signal } = at;
  const vpcId = at.output(vpc);
  if (vpcId === undefined) return undefined;
  const name = nameOf(world, suffix);
  const found = await (await world.aws.service("ec2")).securityGroup({ vpcId, name }, signal);
  if (found === undefined || hasTags(found.tags, regionTags(world))) return found;
  return owned(found, `security group "${name}"`, world);
}
