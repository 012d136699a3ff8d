import { listed } from "../../core/enumerate.ts";
import { AppError } from "../../core/error.ts";
import type { Application, ApplicationSet } from "../../k8s/argocd/port.ts";
import { applicationCheck, applicationKey, words } from "../application-check.ts";
import { applicationSetKey } from "../application-set-check.ts";
import type { HealthContext } from "../health-context.ts";

export const gitopsSync = applicationCheck(
  {
    id: "gitops/sync",
    well: "as Git has them",
    explain:
      "What runs should be what Git holds. Out of sync means that a change was pushed which is not deployed, or that something was changed in the cluster by hand; it is a warning, for what ran before still runs. Where Argo CD syncs an Application automatically and has not tried the commit although nothing holds it back, the finding says so: Argo CD misses the end of a sync window now and then. One that an ApplicationSet syncs step by step, and has not come to, waits for its turn. `gennet app tree APP` shows which resources differ, `gennet sync APP` deploys what Git holds. While a sync is under way nothing is said.",
  },
  async (application, context) => {
    const { gitops, gennet } = context;
    const { sync, operation, last } = application;
    if (sync === "Synced" || operation !== undefined) return undefined;
    const about = applicationKey(application);
    if (sync === "Unknown") {
      // Why it cannot be compared is what gitops/source says.
      return { severity: "unknown", summary: "not compared with Git", symptomOf: { id: "gitops/source", about } };
    }
    const set = await waitsItsTurn(application, context);
    if (set !== undefined) {
      const summary = `out of sync${differing(application)}; its turn in the order of its ApplicationSet has not come`;
      return { severity: "warn", summary, symptomOf: { id: "gitops/rollout", about: applicationSetKey(set) } };
    }
    const isBlocked = (await gitops.blockedBy(application)) !== undefined;
    const hasFailed = last?.phase === "Failed" || last?.phase === "Error";
    const isMissed =
      !isBlocked && !hasFailed && isUntried(application) && !(await gitops.blockedBy(application, "automation"));
    const summary = `out of sync${differing(application)}${isMissed ? "; its automated sync has not tried this commit, though nothing holds it back" : ""}`;
    const symptomOf = { id: isBlocked ? "gitops/window" : "gitops/operation", about };
    return {
      severity: "warn",
      summary,
      fix: gennet(`sync ${words(application)}`),
      ...(isBlocked || hasFailed ? { symptomOf } : {}),
    };
  },
);

/** The ApplicationSet that syncs it step by step and has not come to it; a sync by hand would break its order. */
async function waitsItsTurn(
  { name, namespace, applicationSet }: Application,
  { gitops }: HealthContext,
): Promise<ApplicationSet | undefined> {
  if (applicationSet === undefined) return undefined;
  // Whoever may not read ApplicationSets is told so by gitops/rollout.
  const sets = await gitops.applicationSets().catch((error: unknown) => {
    if (error instanceof AppError) return [];
    throw error;
  });
  const set = sets.find((each) => each.name === applicationSet && each.namespace === namespace);
  if (set?.steps === undefined) return undefined;
  const isWaiting = set.rollout.some(
    ({ application, step, status }) => application === name && step > 0 && status === "Waiting",
  );
  return isWaiting ? set : undefined;
}

function differing({ resources }: Application): string {
  const names = resources.filter(({ differs }) => differs).map(({ kind, name }) => `${kind} ${name}`);
  return names.length === 0 ? "" : `: ${listed(names)}`;
}

/**
 * Whether Argo CD should have synced this commit by itself and did not. By its own rules it tries a commit once, and
 * none that only needs to be pruned where it may not prune (`autoSync` of its controller).
 */
function isUntried({ spec, revisions, last, resources }: Application): boolean {
  const { automated } = spec.syncPolicy ?? {};
  if (automated === undefined || automated.enabled === false) return false;
  const onlyToPrune = resources.every((each) => !each.differs || each.requiresPruning);
  if (automated.prune !== true && onlyToPrune) return false;
  return last === undefined || last.revisions.join() !== revisions.join();
}
