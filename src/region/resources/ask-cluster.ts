import { AppError } from "../../core/error.ts";
import type { ResourceContext } from "../../core/resource.ts";
import type { Cluster } from "../../k8s/port.ts";
import type { RegionWorld } from "../world.ts";
import { accessEntry } from "./access-entry.ts";

/** Why the API server gives no answer to the caller. */
export interface NotAnswered {
  readonly unknown: string;
}

/**
 * Asks the API server, for a resource that needs `accessEntry`. Returns undefined while there is no cluster, while it does
 * not accept the caller yet, and if what is in it goes with it.
 */
export async function askCluster<T>(
  at: ResourceContext<RegionWorld>,
  ask: (cluster: Cluster, signal: AbortSignal) => Promise<T>,
): Promise<T | NotAnswered | undefined> {
  const access = at.output(accessEntry);
  if (at.removing === true || access === undefined) return undefined;
  if (!access.admitted) return { unknown: `${access.caller} has no access entry for the cluster` };
  try {
    return await ask(await at.world.cluster(), at.signal);
  } catch (error) {
    if (error instanceof AppError && error.code === "KUBE_DENIED") return { unknown: error.message };
    throw error;
  }
}
