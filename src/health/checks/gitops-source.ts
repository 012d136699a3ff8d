import { shell } from "../../core/shell-words.ts";
import { applicationCheck } from "../application-check.ts";

export const gitopsSource = applicationCheck(
  {
    id: "gitops/source",
    well: "what Git holds can be read",
    explain:
      "Argo CD must reach the Git repository, find the revision and the path in it, and make manifests of what is there. Where it cannot, nothing is known about the Application, and nothing new is deployed. The message is Argo CD's own: no such revision, a kustomization that does not build, a repository or a repo-server that does not answer, a project that does not permit the source.",
  },
  async (application, { kubectl }) => {
    const problem = application.sourceProblem;
    if (problem === undefined) return undefined;
    const { namespace, name } = application;
    const fix = `${kubectl} ${shell`-n ${namespace} describe application ${name}`}`;
    return { severity: "fail", summary: problem, fix };
  },
);
