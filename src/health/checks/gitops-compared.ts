import { shell } from "../../core/shell-words.ts";
import { applicationCheck } from "../application-check.ts";
import { ofComponent } from "../components/component-reads.ts";
import { whyOld } from "../current-application.ts";

export const gitopsCompared = applicationCheck(
  {
    id: "gitops/compared",
    well: "compared recently",
    evenIfOld: true,
    explain:
      "The status of an Application is from the moment when Argo CD last compared it. Argo CD does not reconcile an Application with the annotation `argocd.argoproj.io/skip-reconcile`, in a namespace that no controller watches, or of a controller shard that is not running, even while it compares all others. Such an Application keeps showing Synced and Healthy, so its state is unknown, and the other gitops checks skip it.",
  },
  async (application, context) => {
    if (application.deletingSince !== undefined) return undefined;
    const summary = await whyOld(application, context);
    if (summary === undefined) return undefined;
    const { namespace, name, paused, controllerNamespace = "argocd" } = application;
    const fix = paused
      ? shell`-n ${namespace} annotate application ${name} argocd.argoproj.io/skip-reconcile-`
      : shell`-n ${controllerNamespace} get pods`;
    const symptomOf = paused ? {} : { symptomOf: ofComponent("argocd") };
    return { severity: "unknown", summary, fix: `${context.kubectl} ${fix}`, ...symptomOf };
  },
);
