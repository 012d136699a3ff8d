import { listed } from "../../core/enumerate.ts";
import type { Application } from "../../k8s/argocd/port.ts";
import { applicationCheck, applicationKey, words } from "../application-check.ts";

export const gitopsSync = applicationCheck(
  {
    id: "gitops/sync",
    well: "as Git has them",
    explain:
      "What runs should be what Git holds. Out of sync means that a change was pushed which is not deployed, or that something was changed in the cluster by hand; it is a warning, for what ran before still runs. Where Argo CD syncs an Application automatically and has not tried the commit although nothing holds it back, the finding says so: Argo CD misses the end of a sync window now and then. `gennet app tree APP` shows which resources differ, `gennet sync APP` deploys what Git holds. While a sync is under way nothing is said.",
  },
  async (application, { gitops, gennet }) => {
    const { sync, operation, last } = application;
    if (sync === "Synced" || operation !== undefined) return undefined;
    const about = applicationKey(application);
    if (sync === "Unknown") {
      // Why it cannot be compared is what gitops/source says.
      return { severity: "unknown", summary: "not compared with Git", symptomOf: { id: "gitops/source", about } };
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
