import { listed } from "../../core/enumerate.ts";
import type { Application } from "../../k8s/argocd/port.ts";
import { applicationCheck, applicationKey, type ApplicationJudgement, words } from "../application-check.ts";
import { brokenSecrets } from "../broken-secrets.ts";
import type { HealthContext } from "../health-context.ts";
import { workloadKey } from "../../core/kubernetes/workload.ts";

type Resource = Application["resources"][number];
type Symptom = NonNullable<ApplicationJudgement["symptomOf"]>;

export const gitopsHealth = applicationCheck(
  {
    id: "gitops/health",
    well: "healthy",
    explain:
      "Argo CD determines the health of what an Application deployed: Degraded is a workload that does not come up or a secret that cannot be fetched, Missing a resource that is in Git but not in the cluster. A suspended Application was suspended on purpose and counts as healthy. If the reason is a workload without enough pods, workloads/available shows why.",
  },
  async (application, context) => {
    const { health, operation, sync, resources } = application;
    if (health === "Healthy" || health === "Suspended") return undefined;
    const { names, symptomOf } = await reasonOf(application, context);
    const summary = [health.toLowerCase(), ...(names.length === 0 ? [] : [listed(names)])].join(": ");
    const fix = context.gennet(`app tree ${words(application)}`);
    const because = symptomOf === undefined ? {} : { symptomOf };
    // An Application of Applications waits for them; other resources come up by themselves.
    const waits = resources.some(isApplication) ? because : {};
    if (health === "Progressing" || operation !== undefined) return { severity: "warn", summary, fix, ...waits };
    if (health === "Unknown") return { severity: "unknown", summary, ...because };
    // A resource that was never deployed cannot exist.
    const severity = health === "Missing" && sync === "OutOfSync" ? "warn" : "fail";
    return { severity, summary, fix, ...because };
  },
);

/** Returns the unhealthy resources, and the check that reports the reason, if there is one. */
async function reasonOf(
  application: Application,
  { workloads, gitops, secrets }: HealthContext,
): Promise<Pick<ApplicationJudgement, "symptomOf"> & { readonly names: readonly string[] }> {
  const { health, sync, resources, destination } = application;
  const about = applicationKey(application);
  const child = await unhealthyChild(resources, gitops);
  if (child !== undefined) {
    const check = child.sourceProblem === undefined ? "gitops/health" : "gitops/source";
    return { names: [`Application ${child.name}`], symptomOf: { id: check, about: applicationKey(child) } };
  }
  if (health === "Unknown") return { names: [], symptomOf: { id: "gitops/source", about } };
  if (health === "Missing" && sync === "OutOfSync") return { names: [], symptomOf: { id: "gitops/sync", about } };
  const named = resources.filter((each) => each.health === health);
  const reasons = destination.inCluster
    ? new Map([...(await brokenWorkloads(resources, workloads)), ...(await brokenSecrets(resources, secrets))])
    : new Map<Resource, Symptom>();
  const known = resources.filter((each) => reasons.has(each));
  // Argo CD does not always store the health of each resource.
  const bad = named.length > 0 ? named : known;
  const names = bad.map(({ kind, name, message }) => `${kind} ${name}${message === undefined ? "" : ` (${message})`}`);
  const symptomOf = bad[0] && reasons.get(bad[0]);
  return symptomOf !== undefined && bad.every((each) => reasons.has(each)) ? { names, symptomOf } : { names };
}

async function brokenWorkloads(
  resources: readonly Resource[],
  workloads: HealthContext["workloads"],
): Promise<readonly [Resource, Symptom][]> {
  const { broken } = await workloads();
  return resources.flatMap((each): [Resource, Symptom][] => {
    const about = workloadKey(each.kind, each.namespace, each.name);
    return broken.has(about) ? [[each, { id: "workloads/available", about }]] : [];
  });
}

/** Returns an Application that another one deploys, and that is unhealthy itself. */
async function unhealthyChild(
  resources: readonly Resource[],
  gitops: HealthContext["gitops"],
): Promise<Application | undefined> {
  const children = resources.filter(isApplication);
  if (children.length === 0) return undefined;
  const isChild = ({ namespace, name }: Application): boolean =>
    children.some((each) => each.namespace === namespace && each.name === name);
  const unhealthy = (await gitops.everyApplication()).filter(
    (each) => isChild(each) && (each.sourceProblem !== undefined || !["Healthy", "Suspended"].includes(each.health)),
  );
  return unhealthy.find(({ sourceProblem }) => sourceProblem !== undefined) ?? unhealthy[0];
}

function isApplication({ kind, group }: Resource): boolean {
  return kind === "Application" && group === "argoproj.io";
}
