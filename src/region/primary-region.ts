import type { Region } from "../platform/schema.ts";
import type { RegionWorld } from "./world.ts";

/** Returns the primary region of gennet.yaml: the first one, if none is. */
export function primaryOf({ platform, region }: RegionWorld): Region {
  return platform.regions.find(({ primary }) => primary === true) ?? platform.regions[0] ?? region;
}

export function isPrimary(world: RegionWorld): boolean {
  return primaryOf(world).name === world.region.name;
}

/**
 * Returns the AWS regions of the platform beside the primary region's, in the same account: secrets and images are not
 * replicated to another account.
 */
export function otherAwsRegions(world: RegionWorld): readonly string[] {
  const primary = primaryOf(world);
  const others = world.platform.regions.filter(
    ({ awsRegion, accountId }) => awsRegion !== primary.awsRegion && accountId === primary.accountId,
  );
  return [...new Set(others.map(({ awsRegion }) => awsRegion))];
}

/** Whether what is replicated from the primary region has a copy here: where the originals are, there is none. */
export function hasCopies(world: RegionWorld): boolean {
  const { awsRegion, accountId } = world.region;
  return accountId === primaryOf(world).accountId && otherAwsRegions(world).includes(awsRegion);
}

/** Returns all regions of the platform but this one. */
export function otherRegions({ platform, region }: RegionWorld): readonly Region[] {
  return platform.regions.filter(({ name }) => name !== region.name);
}

/** Returns the other regions of the platform in the same account and AWS region: they share what has no region's name. */
export function regionsBeside(world: RegionWorld): readonly Region[] {
  const { region } = world;
  return otherRegions(world).filter(
    ({ awsRegion, accountId }) => awsRegion === region.awsRegion && accountId === region.accountId,
  );
}
