import { formatDuration } from "../core/duration.ts";
import type { Application } from "../k8s/argocd/port.ts";
import type { HealthContext } from "./health-context.ts";

/** How many periods of comparison may pass before a state counts as old. */
const periods = 3;

type Context = Pick<HealthContext, "gitops" | "now">;

/** Whether what an Application shows is from now: Argo CD looks at it, and has compared it as often as it should. */
export async function isCurrent(application: Application, context: Context): Promise<boolean> {
  return application.deletingSince === undefined && (await whyOld(application, context)) === undefined;
}

/** Why what an Application shows may be from long ago; undefined where it is from now. */
export async function whyOld(application: Application, { gitops, now }: Context): Promise<string | undefined> {
  const { paused, reconciledAt, namespace, controllerNamespace = "argocd" } = application;
  const seen =
    reconciledAt === undefined ? "never compared" : `not compared since ${new Date(reconciledAt).toISOString()}`;
  if (paused) return `paused by the annotation argocd.argoproj.io/skip-reconcile, ${seen}`;
  // With an error in its spec it is looked at, and never as far as a comparison: gitops/source has Argo CD's words.
  if (application.sourceProblem !== undefined) return undefined;
  if (reconciledAt === undefined) {
    return `${seen}: no controller has looked at it${namespace === controllerNamespace ? "" : `; Argo CD may not watch the namespace ${namespace}`}`;
  }
  const every = await gitops.comparesEvery(controllerNamespace);
  const age = now() - reconciledAt;
  if (every === undefined || age <= periods * every) return undefined;
  return `${seen}, and should be every ${formatDuration(every)}`;
}
