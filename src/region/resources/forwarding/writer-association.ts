import { asDesired, ready, update } from "../../../core/resource.ts";
import { isPrimary } from "../../primary-region.ts";
import { type RegionResource, type RegionWorld } from "../../world.ts";
import { vpc } from "../vpc.ts";
import { forwardsWrites, writerZoneName } from "./forwarding-facts.ts";
import { writerZone, zoneVpcOf } from "./writer-zone.ts";

/** The id of the zone; undefined if the region's VPC does not resolve it. */
type Actual = string | undefined;

/** The association of the region's VPC with the private zone: the writer's name is resolved there. Outputs the zone's id. */
export const writerAssociation: RegionResource<Actual, string> = {
  id: "writer-association",
  title: "Resolution of the writer's name",
  needs: [vpc, writerZone],
  needsPrimary: [writerZone],
  wanted: forwardsWrites,
  async read(at) {
    const [own, zone] = [at.output(vpc), at.primary.output(writerZone)];
    if (own === undefined) return undefined;
    const zones = await (await at.world.aws.service("route53")).zonesOf(zoneVpcOf(at.world, own), at.signal);
    return zones.find(({ id, name }) => (zone === undefined ? name === writerZoneName(at.world) : id === zone))?.id;
  },
  diff: (zone, { world }) =>
    zone === undefined ? { operations: [update(targetIn(world), "resolved", true)] } : asDesired,
  async apply(_zone, at) {
    const { world, primary, signal } = at;
    const zone = primary.required(writerZone);
    const own = zoneVpcOf(world, at.required(vpc));
    const route53 = await world.aws.service("route53");
    if (world.region.accountId === primary.world.region.accountId) return route53.associateVpc(zone, own, signal);
    const owner = await primary.world.aws.service("route53");
    await owner.authorizeVpc(zone, own, signal);
    await route53.associateVpc(zone, own, signal);
    await owner.endAuthorization(zone, own, signal);
  },
  ready: () => ready,
  output: (zone) => zone,
  removal: {
    // The zone's first VPC goes with the zone: its last association cannot be ended.
    diff: (zone, { world }) =>
      zone === undefined || isPrimary(world)
        ? asDesired
        : { operations: [update(targetIn(world), "resolved", false, true)] },
    async apply(zone, at) {
      if (zone === undefined) return;
      const own = zoneVpcOf(at.world, at.required(vpc));
      await (await at.world.aws.service("route53")).disassociateVpc(zone, own, at.signal);
    },
    gone: () => ready,
  },
};

function targetIn(world: RegionWorld): string {
  return `zone ${writerZoneName(world)} in region ${world.region.name}`;
}
