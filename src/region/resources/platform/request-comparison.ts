import { AppError } from "../../../core/error.ts";
import type { ResourceContext } from "../../../core/resource.ts";
import { applicationRef, rootName } from "../../components/applications.ts";
import { applicationName } from "../../components/component.ts";
import { componentsOf } from "../../components/components.ts";
import type { RegionWorld } from "../../world.ts";

/** https://argo-cd.readthedocs.io/en/stable/user-guide/annotations-and-labels/ */
const refreshAnnotation = "argocd.argoproj.io/refresh";

/** Lets Argo CD look at Git now, and not only in minutes. That it does so later is no failure. */
export async function requestComparison({ world, signal }: ResourceContext<RegionWorld>): Promise<void> {
  const merge = { metadata: { annotations: { [refreshAnnotation]: "normal" } } };
  try {
    const cluster = await world.cluster();
    for (const name of [rootName, ...componentsOf(world).map(applicationName)]) {
      if ((await cluster.get(applicationRef(name), signal)) === undefined) continue;
      await cluster.patch(applicationRef(name), { merge }, {}, signal);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AppError)) throw error;
  }
}
