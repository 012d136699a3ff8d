import { AppError } from "../../../core/error.ts";
import type { ResourceContext } from "../../../core/resource.ts";
import { applicationRef, rootName } from "../../components/applications.ts";
import { applicationName } from "../../components/component.ts";
import { componentsOf } from "../../components/components.ts";
import type { RegionWorld } from "../../world.ts";
import { endOfSync, refresh, type SyncedObject, syncBefore } from "./synced-object.ts";

/**
 * Lets Argo CD look at a new commit now, and not only in minutes. A sync of an older commit ends: it may wait for what only
 * the new one repairs, and Argo CD begins no other before. That it does so later is no failure.
 */
export async function requestComparison(
  commit: string,
  { world, signal }: ResourceContext<RegionWorld>,
): Promise<void> {
  try {
    const cluster = await world.cluster();
    for (const name of [rootName, ...componentsOf(world).map(applicationName)]) {
      const live = (await cluster.get(applicationRef(name), signal)) as SyncedObject | undefined;
      if (live === undefined) continue;
      const isOutdated = name === rootName && syncBefore(live, commit) !== undefined;
      const merge = isOutdated ? { ...refresh, ...endOfSync } : refresh;
      await cluster.patch(applicationRef(name), { merge }, {}, signal);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AppError)) throw error;
  }
}
