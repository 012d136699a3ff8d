import { shell } from "../../core/shell-words.ts";
import type { Application } from "../../k8s/argocd/port.ts";
import { applicationCheck } from "../application-check.ts";

/** Conditions that keep Argo CD from knowing what an Application should be. */
const errors = new Set(["ComparisonError", "InvalidSpecError", "UnknownError"]);

export const gitopsSource = applicationCheck(
  {
    id: "gitops/source",
    well: "what Git holds can be read",
    explain:
      "Argo CD must reach the Git repository, find the revision and the path in it, and make manifests of what is there. Where it cannot, nothing is known about the Application, and nothing new is deployed. The message is Argo CD's own: no such revision, a kustomization that does not build, a repository or a repo-server that does not answer, a project that does not permit the source.",
  },
  async (application, { kubectl }) => {
    const problem = sourceProblem(application);
    if (problem === undefined) return undefined;
    const { namespace, name } = application;
    const fix = `${kubectl} ${shell`-n ${namespace} describe application ${name}`}`;
    return { severity: "fail", summary: problem, fix };
  },
);

/** Why what Git holds for an Application cannot be read, in Argo CD's words. */
export function sourceProblem({ conditions }: Pick<Application, "conditions">): string | undefined {
  return conditions.find(({ type }) => errors.has(type))?.message.replaceAll(/\s+/g, " ");
}
