import type { HostedZone, ZoneVpc } from "../../../aws/route53/port.ts";
import { hasTags } from "../../../core/has-tags.ts";
import { asDesired, creation, readyIfThere, update } from "../../../core/resource.ts";
import { isPrimary } from "../../primary-region.ts";
import { platformTags, type RegionResource, type RegionWorld } from "../../world.ts";
import { deletion } from "../stores/deletion.ts";
import { vpc } from "../vpc.ts";
import { forwardsWrites, writerZoneName } from "./forwarding-facts.ts";

/** Returns how the zone's caller reference begins: it is kept even if its tags are lost. */
function ownerOf({ platform }: RegionWorld): string {
  return `gennet/${platform.name}/writer/`;
}

export function zoneVpcOf({ region }: RegionWorld, vpcId: string): ZoneVpc {
  return { vpcId, awsRegion: region.awsRegion };
}

/**
 * The private zone with the writer's name, in the account of the primary region. A zone is created with a VPC: with the
 * primary region's. Outputs its id.
 */
export const writerZone: RegionResource<HostedZone | undefined, string> = {
  id: "writer-zone",
  title: "Private zone of the writer's name",
  needs: [vpc],
  wanted: (world) => forwardsWrites(world) && isPrimary(world),
  async read({ world, signal }) {
    // It belongs to the platform, and outlasts a change of the primary region.
    if (!isPrimary(world)) return undefined;
    const zones = await (await world.aws.service("route53")).hostedZones(writerZoneName(world), signal);
    return zones.find((zone) => zone.isPrivate && zone.callerReference.startsWith(ownerOf(world)));
  },
  diff(zone, { world }) {
    const target = `private zone ${writerZoneName(world)}`;
    if (zone === undefined) return { operations: [creation(target)] };
    return hasTags(zone.tags, platformTags(world)) ? asDesired : { operations: [update(target, "tags", true)] };
  },
  async apply(zone, at) {
    const { world, signal } = at;
    const route53 = await world.aws.service("route53");
    const own = zoneVpcOf(world, at.required(vpc));
    const id = zone?.id ?? (await route53.createPrivateZone(writerZoneName(world), ownerOf(world), own, signal));
    await route53.tagHostedZone(id, platformTags(world), signal);
  },
  ready: readyIfThere,
  output: (zone) => zone?.id,
  removal: deletion({
    target: ({ name }) => `private zone ${name}`,
    delete: async ({ id }, { world, signal }) => (await world.aws.service("route53")).deleteHostedZone(id, signal),
  }),
};
