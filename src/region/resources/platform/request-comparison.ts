import { AppError } from "../../../core/error.ts";
import type { ResourceContext } from "../../../core/resource.ts";
import type { Cluster } from "../../../k8s/port.ts";
import { applicationRef, rootName } from "../../components/applications.ts";
import { applicationName } from "../../components/component.ts";
import { componentsOf } from "../../components/components.ts";
import type { RegionWorld } from "../../world.ts";
import { endOfSync, type SyncedObject, syncBefore } from "./synced-object.ts";

/** https://argo-cd.readthedocs.io/en/stable/user-guide/annotations-and-labels/ */
const refreshAnnotation = "argocd.argoproj.io/refresh";

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
    await endSyncBefore(commit, cluster, signal);
    const merge = { metadata: { annotations: { [refreshAnnotation]: "normal" } } };
    for (const name of [rootName, ...componentsOf(world).map(applicationName)]) {
      if ((await cluster.get(applicationRef(name), signal)) === undefined) continue;
      await cluster.patch(applicationRef(name), { merge }, {}, signal);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AppError)) throw error;
  }
}

async function endSyncBefore(
  commit: string,
  cluster: Pick<Cluster, "get" | "patch">,
  signal: AbortSignal,
): Promise<void> {
  const root = (await cluster.get(applicationRef(rootName), signal)) as SyncedObject | undefined;
  if (root === undefined || syncBefore(root, commit) === undefined) return;
  await cluster.patch(applicationRef(rootName), { merge: endOfSync }, {}, signal);
}
