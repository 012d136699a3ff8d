import type { Application, ApplicationResource } from "../../k8s/argocd/port.ts";
import { applicationCheck } from "../application-check.ts";
import type { HealthContext } from "../health-context.ts";
import { workloadKey } from "../workload.ts";
import { sourceProblem } from "./gitops-source.ts";

const unwell = new Set(["Degraded", "Missing", "Unknown"]);

export const gitopsHealth = applicationCheck(
  {
    id: "gitops/health",
    well: "healthy",
    explain:
      "Argo CD judges the health of what an Application deployed: Degraded is a workload that does not come up or a secret that cannot be fetched, Missing a resource that Git holds and the cluster has not. A suspended Application was suspended by somebody and is well. Where the reason is a workload without enough pods, workloads/available says why.",
  },
  async (application, context) => {
    const { name, health, healthMessage, operation, sync } = application;
    if (health === "Healthy" || health === "Suspended") return undefined;
    const bad = application.resources.filter((each) => each.health === health);
    const summary = [health.toLowerCase(), ...told(bad, healthMessage)].join(": ");
    const fix = context.gennet(`app tree ${name}`);
    if (health === "Progressing" || operation !== undefined) return { severity: "warn", summary, fix };
    const cause = await causeOf(application, bad, context);
    if (health === "Unknown") return { severity: "unknown", summary, ...cause };
    // What was never deployed cannot be there.
    const severity = health === "Missing" && sync === "OutOfSync" ? "warn" : "fail";
    return { severity, summary, fix, ...cause };
  },
);

function told(bad: readonly ApplicationResource[], message: string | undefined): string[] {
  const words = bad.map(({ kind, name, message }) => `${kind} ${name}${message === undefined ? "" : ` (${message})`}`);
  if (words.length > 0)
    return [`${words.slice(0, 3).join(", ")}${words.length > 3 ? ` and ${words.length - 3} more` : ""}`];
  return message === undefined ? [] : [message];
}

async function causeOf(
  application: Application,
  bad: readonly ApplicationResource[],
  { workloads }: HealthContext,
): Promise<{ readonly cause?: string }> {
  const { health, sync, resources, destination } = application;
  if (health === "Unknown" && sourceProblem(application) !== undefined) return { cause: "gitops/source" };
  if (health === "Missing" && sync === "OutOfSync") return { cause: "gitops/sync" };
  if (!destination.inCluster || !resources.some((each) => unwell.has(each.health ?? ""))) return {};
  const { broken } = await workloads();
  const known = (each: ApplicationResource): boolean => broken.has(workloadKey(each.kind, each.namespace, each.name));
  return bad.length > 0 && bad.every(known) ? { cause: "workloads/available" } : {};
}
