import { isPrimary } from "../../primary-region.ts";
import type { RegionWorld } from "../../world.ts";

/** Whether regions without the source send writes to the region with the source. */
export function forwardsWrites({ platform }: Pick<RegionWorld, "platform">): boolean {
  return platform.stores.postgres?.writes === "forward";
}

/** Whether a region is connected with the primary one: each of the others is. */
export function isPeered(world: RegionWorld): boolean {
  return forwardsWrites(world) && !isPrimary(world);
}

/**
 * Returns the name of the platform's private zone. The top-level domain is reserved for private use.
 * https://www.icann.org/en/board-activities-and-meetings/materials/approved-resolutions-special-meeting-of-the-icann-board-29-07-2024-en
 */
export function writerZoneName({ platform }: Pick<RegionWorld, "platform">): string {
  return `${platform.name}.internal`;
}

/** Returns the name under which every region finds the source: a failover repoints it, and no configuration changes. */
export function writerName(world: Pick<RegionWorld, "platform">): string {
  return `postgres-writer.${writerZoneName(world)}`;
}
