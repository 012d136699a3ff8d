import type { CheckFinding } from "../../core/check.ts";
import { AppError } from "../../core/error.ts";
import { globMatches } from "../../core/glob.ts";
import type { Application } from "../../k8s/argocd/port.ts";
import { applicationKey } from "../application-check.ts";
import type { HealthContext } from "../health-context.ts";
import { ofComponent } from "./component-reads.ts";
import type { RequiredComponent } from "./required-component.ts";

/**
 * Returns what keeps a component from being installed: the Application that should do it, or that there is no Argo CD.
 */
export function whyMissing(
  { name }: RequiredComponent,
  own: readonly Application[] = [],
): Pick<CheckFinding, "symptomOf"> {
  if (name === "argocd") return {};
  const broken = own.find(({ sourceProblem }) => sourceProblem !== undefined);
  if (broken !== undefined) return { symptomOf: { id: "gitops/source", about: applicationKey(broken) } };
  const failed = own.find(({ last }) => last?.phase === "Failed" || last?.phase === "Error");
  if (failed !== undefined) return { symptomOf: { id: "gitops/operation", about: applicationKey(failed) } };
  return { symptomOf: ofComponent("argocd") };
}

/** Returns the Applications that install a component; undefined if there is no Argo CD to ask, or it does not answer. */
export async function ownApplications(
  { applications }: RequiredComponent,
  { gitops }: Pick<HealthContext, "gitops">,
): Promise<readonly Application[] | undefined> {
  if (applications.length === 0) return [];
  try {
    if (!(await gitops.installed())) return undefined;
    const all = await gitops.everyApplication();
    const isOwn = (name: string): boolean => applications.some((each) => globMatches(each, name));
    return all.filter(({ namespace, name }) => namespace === "argocd" && isOwn(name));
  } catch (error) {
    // The checks of Argo CD report it.
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
