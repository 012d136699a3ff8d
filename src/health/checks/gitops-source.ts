import { shell } from "../../core/shell-words.ts";
import { ofComponent } from "../components/component-reads.ts";
import { applicationCheck } from "../application-check.ts";

export const gitopsSource = applicationCheck(
  {
    id: "gitops/source",
    well: "can be read from Git",
    explain:
      "Argo CD must reach the Git repository, find the revision and the path in it, and generate manifests. If it cannot, nothing is known about the Application, and no changes are deployed. The message is Argo CD's: no such revision, a kustomization that does not build, a repository or a repo-server that does not answer, a project that does not permit the source.",
  },
  async (application, { kubectl }) => {
    const problem = application.sourceProblem;
    if (problem === undefined) return undefined;
    const { namespace, name } = application;
    const fix = `${kubectl} ${shell`-n ${namespace} describe application ${name}`}`;
    // Its own programs could not answer: not the repository, but Argo CD is the cause.
    const isOwn = /code = Unavailable|argocd-(repo-server|redis)/.test(problem);
    return { severity: "fail", summary: problem, fix, ...(isOwn ? { symptomOf: ofComponent("argocd") } : {}) };
  },
);
