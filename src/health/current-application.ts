import { formatDuration } from "../core/duration.ts";
import type { Application } from "../k8s/argocd/port.ts";
import type { HealthContext } from "./health-context.ts";

/** How many intervals of comparison may pass before a status counts as outdated. */
const periods = 3;

type Context = Pick<HealthContext, "gitops" | "now">;

/**
 * Returns whether the status of an Application is current: Argo CD reconciles it, and has compared it as often as it
 * should.
 */
export async function isCurrent(application: Application, context: Context): Promise<boolean> {
  return application.deletingSince === undefined && (await whyOld(application, context)) === undefined;
}

/** Returns why the status of an Application may be outdated; undefined if it is current. */
export async function whyOld(application: Application, { gitops, now }: Context): Promise<string | undefined> {
  const { paused, reconciledAt, namespace, controllerNamespace = "argocd" } = application;
  const seen =
    reconciledAt === undefined ? "never compared" : `not compared since ${new Date(reconciledAt).toISOString()}`;
  if (paused) return `paused by the annotation argocd.argoproj.io/skip-reconcile, ${seen}`;
  // An Application with an error in its spec is reconciled, but never compared: gitops/source has the message of Argo
  // CD.
  if (application.sourceProblem !== undefined) return undefined;
  if (reconciledAt === undefined) {
    return `${seen}: no controller has reconciled it${namespace === controllerNamespace ? "" : `; Argo CD may not watch the namespace ${namespace}`}`;
  }
  const every = await gitops.comparesEvery(controllerNamespace);
  const age = now() - reconciledAt;
  if (every === undefined || age <= periods * every) return undefined;
  return `${seen}, but should be every ${formatDuration(every)}`;
}
