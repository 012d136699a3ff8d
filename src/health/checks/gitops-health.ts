import type { Application } from "../../k8s/argocd/port.ts";
import { applicationCheck } from "../application-check.ts";
import type { HealthContext } from "../health-context.ts";
import { workloadKey } from "../workload.ts";
import { sourceProblem } from "./gitops-source.ts";

export const gitopsHealth = applicationCheck(
  {
    id: "gitops/health",
    well: "healthy",
    explain:
      "Argo CD judges the health of what an Application deployed: Degraded is a workload that does not come up or a secret that cannot be fetched, Missing a resource that Git holds and the cluster has not. A suspended Application was suspended by somebody and is well. Where the reason is a workload without enough pods, workloads/available says why.",
  },
  async (application, context) => {
    const { name, health, operation, sync } = application;
    if (health === "Healthy" || health === "Suspended") return undefined;
    const { names, cause } = await reasonOf(application, context);
    const summary = [health.toLowerCase(), ...(names.length === 0 ? [] : [shortened(names)])].join(": ");
    const fix = context.gennet(`app tree ${name}`);
    if (health === "Progressing" || operation !== undefined) return { severity: "warn", summary, fix };
    const because = cause === undefined ? {} : { cause };
    if (health === "Unknown") return { severity: "unknown", summary, ...because };
    // What was never deployed cannot be there.
    const severity = health === "Missing" && sync === "OutOfSync" ? "warn" : "fail";
    return { severity, summary, fix, ...because };
  },
);

function shortened(names: readonly string[]): string {
  return `${names.slice(0, 3).join(", ")}${names.length > 3 ? ` and ${names.length - 3} more` : ""}`;
}

/** The resources that are not well, and the finding that says why, as far as one does. */
async function reasonOf(
  application: Application,
  { workloads }: HealthContext,
): Promise<{ readonly names: readonly string[]; readonly cause?: string }> {
  const { health, sync, resources, destination } = application;
  if (health === "Unknown" && sourceProblem(application) !== undefined) return { names: [], cause: "gitops/source" };
  if (health === "Missing" && sync === "OutOfSync") return { names: [], cause: "gitops/sync" };
  const named = resources.filter((each) => each.health === health);
  const broken = destination.inCluster ? (await workloads()).broken : new Map<string, unknown>();
  const known = resources.filter((each) => broken.has(workloadKey(each.kind, each.namespace, each.name)));
  // Argo CD need not write down whose health it is.
  const bad = named.length > 0 ? named : known;
  const names = bad.map(({ kind, name, message }) => `${kind} ${name}${message === undefined ? "" : ` (${message})`}`);
  return bad.length > 0 && bad.every((each) => known.includes(each))
    ? { names, cause: "workloads/available" }
    : { names };
}
