import { isNameOfEks, ownCluster } from "../../core/argocd-names.ts";
import { shell } from "../../core/shell-words.ts";
import { ofComponent } from "../components/component-reads.ts";
import type { GitopsReads } from "../gitops-reads.ts";
import type { Application } from "../../k8s/argocd/port.ts";
import { applicationCheck } from "../application-check.ts";

export const gitopsSource = applicationCheck(
  {
    id: "gitops/source",
    well: "can be read from Git",
    explain:
      "Argo CD must reach the Git repository, find the revision and the path in it, and generate manifests. If it cannot, nothing is known about the Application, and no changes are deployed. The message is Argo CD's: no such revision, a kustomization that does not build, a repository or a repo-server that does not answer, a project that does not permit the source, a cluster that it does not know.",
  },
  async (application, { kubectl, gitops }) => {
    const problem = application.sourceProblem;
    if (problem === undefined) return undefined;
    const { namespace, name } = application;
    const fix = (await isUnknownToEks(application, gitops))
      ? "gennet service update --all FOLDER  # names clusters by their ARNs, as EKS does; then apply the Applications again"
      : `${kubectl} ${shell`-n ${namespace} describe application ${name}`}`;
    // Its own programs could not answer: not the repository, but Argo CD is the cause.
    const isOwn = /code = Unavailable|argocd-(repo-server|redis)/.test(problem);
    return { severity: "fail", summary: problem, fix, ...(isOwn ? { symptomOf: ofComponent("argocd") } : {}) };
  },
);

/** Returns whether an Application means the cluster of Argo CD, while others show that EKS runs Argo CD outside of it. */
async function isUnknownToEks({ destination }: Application, { everyApplication }: GitopsReads): Promise<boolean> {
  if (destination.server !== ownCluster.server) return false;
  return (await everyApplication()).some((each) => isNameOfEks(each.destination.server));
}
