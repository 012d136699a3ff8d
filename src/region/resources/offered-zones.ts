import { UnsupportedZones } from "../../core/unsupported-zones.ts";
import type { ResourceContext } from "../../core/resource.ts";
import { fieldOf, isGivenVpc } from "../given.ts";
import type { RegionWorld } from "../world.ts";

/**
 * Returns an error of EKS; if it refuses the zone of a subnet, with the zones that gennet.yaml may name instead. EKS names
 * zones by their letters, which differ between accounts.
 */
export async function withZoneIds(
  error: unknown,
  { world, signal }: Pick<ResourceContext<RegionWorld>, "world" | "signal">,
): Promise<unknown> {
  if (!(error instanceof UnsupportedZones)) return error;
  const zones = await (await world.aws.service("ec2")).zones(signal);
  const offered = zones.filter(({ name }) => error.offered.includes(name)).map(({ id }) => id);
  const those = offered.length === 0 ? "other zones" : `zones that EKS offers: ${offered.join(", ")}`;
  const fix = isGivenVpc(world)
    ? `Give subnets of ${those}, in ${fieldOf(world, "network", "subnets")}.`
    : `Set ${fieldOf(world, "network", "zones")} to ${those}.`;
  return new UnsupportedZones(error.message, error.offered, [
    fix,
    "Then run the same command again: subnets in other zones are deleted.",
  ]);
}
