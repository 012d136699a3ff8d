import type { CheckFinding } from "../../core/check.ts";
import { AppError } from "../../core/error.ts";
import type { Application } from "../../k8s/argocd/port.ts";
import { applicationKey } from "../application-check.ts";
import type { HealthContext } from "../health-context.ts";
import { ofComponent } from "./component-reads.ts";
import type { ExpectedComponent } from "./expected-component.ts";

/**
 * Returns what keeps a component from being installed: the Application that should do it, or that there is no Argo CD.
 */
export async function whyMissing(
  { name, applications }: ExpectedComponent,
  { gitops }: Pick<HealthContext, "gitops">,
): Promise<Pick<CheckFinding, "symptomOf">> {
  if (name === "argocd") return {};
  const own = await ownApplications(applications, gitops);
  const broken = own.find(({ sourceProblem }) => sourceProblem !== undefined);
  if (broken !== undefined) return { symptomOf: { id: "gitops/source", about: applicationKey(broken) } };
  const failed = own.find(({ last }) => last?.phase === "Failed" || last?.phase === "Error");
  if (failed !== undefined) return { symptomOf: { id: "gitops/operation", about: applicationKey(failed) } };
  return { symptomOf: ofComponent("argocd") };
}

async function ownApplications(
  names: readonly string[],
  gitops: HealthContext["gitops"],
): Promise<readonly Application[]> {
  try {
    if (!(await gitops.installed())) return [];
    const all = await gitops.everyApplication();
    return all.filter(({ namespace, name }) => namespace === "argocd" && names.includes(name));
  } catch (error) {
    // The checks of Argo CD report it.
    if (error instanceof AppError) return [];
    throw error;
  }
}
