import { shell } from "../../core/shell-words.ts";
import { applicationCheck } from "../application-check.ts";
import { whyOld } from "../current-application.ts";

export const gitopsCompared = applicationCheck(
  {
    id: "gitops/compared",
    well: "compared lately",
    evenIfOld: true,
    explain:
      "What an Application shows is true of the moment in which Argo CD last compared it. One with the annotation `argocd.argoproj.io/skip-reconcile` is not looked at any more, nor is one in a namespace that no controller watches, or one of a shard of the controller that does not run, while all others are compared. It keeps showing Synced and Healthy, so its state is unknown, and the other checks of gitops skip it.",
  },
  async (application, context) => {
    if (application.deletingSince !== undefined) return undefined;
    const summary = await whyOld(application, context);
    if (summary === undefined) return undefined;
    const { namespace, name, paused, controllerNamespace = "argocd" } = application;
    const fix = paused
      ? shell`-n ${namespace} annotate application ${name} argocd.argoproj.io/skip-reconcile-`
      : shell`-n ${controllerNamespace} get pods`;
    return { severity: "unknown", summary, fix: `${context.kubectl} ${fix}` };
  },
);
