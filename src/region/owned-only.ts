import type { Tags } from "../aws/tags.ts";
import { notAdopting, owned, ownedByPlatform, type RegionWorld } from "./world.ts";

type Owned = <T extends { readonly tags: Tags }>(found: T, what: string, world: RegionWorld) => T;

/** Does the same as `owned`, also in a run that adopts: gennet takes over no data store, secret or registry. */
export const ownedOnly: Owned = (found, what, world) => owned(found, what, notAdopting(world));

/** Does the same for a resource of the platform. */
export const ownedByPlatformOnly: Owned = (found, what, world) => ownedByPlatform(found, what, notAdopting(world));

/**
 * Does the same as `ownedOnly` for what AWS shows without tags while it deletes it: that is waited for, and never
 * changed.
 */
export const ownedOrGoing = <T extends { readonly tags: Tags; readonly status: string }>(
  found: T,
  what: string,
  world: RegionWorld,
): T => (found.status === "deleting" && Object.keys(found.tags).length === 0 ? found : ownedOnly(found, what, world));
