import { formatDuration } from "../../core/duration.ts";
import type { Application, OperationState } from "../../k8s/argocd/port.ts";
import { ofComponent } from "../components/component-reads.ts";
import { applicationCheck, applicationKey, words } from "../application-check.ts";

/** Longer than a migration should take, and longer than the progress deadline of a rollout. */
const patienceMs = 30 * 60_000;

/** What Argo CD says of a sync that was ended on purpose, so that a newer commit need not wait for it. */
const terminated = "Operation terminated";

/** A controller with many Applications may take this long to start a sync. */
const beginMs = 10 * 60_000;

export const gitopsOperation = applicationCheck(
  {
    id: "gitops/operation",
    well: "no sync failed or is stuck",
    explain:
      "The last sync of each Application should have succeeded, and a running one should finish. The finding contains the message of Argo CD and that of the resource or hook that failed. A sync that is being retried is a warning, and so is a failed sync of another commit if the Application is healthy with the current one. Such a sync that was terminated on purpose is not reported. A sync that runs for more than 30 minutes is stuck, usually because of a hook that does not finish, or a resource that does not become healthy. `gennet sync APP --terminate` terminates it and syncs again; it also withdraws a sync that the controller has not started for 10 minutes, for which Argo CD itself reports that no operation is in progress. A sync that a sync window holds is not stuck; gitops/window reports it.",
  },
  async (application, { now, gennet }) => {
    const { operation, last, askedAt } = application;
    if (operation !== undefined && last?.phase !== "Running" && last?.phase !== "Terminating") {
      const waited = askedAt === undefined ? 0 : now() - askedAt;
      if (waited <= beginMs) return undefined;
      const summary = `a sync (${operation.by}) was requested ${formatDuration(waited)} ago, but Argo CD's controller has not started it`;
      const again = gennet(`sync ${words(application)} --terminate`);
      return { severity: "fail", summary, fix: again, symptomOf: ofComponent("argocd") };
    }
    if (last === undefined) return undefined;
    const { phase, message, startedAt, retries, operation: done } = last;
    const fix = gennet(`app tree ${words(application)}`);
    if (operation === undefined) {
      if (phase !== "Failed" && phase !== "Error") return undefined;
      const isReverted = isPast(application, last);
      if (isReverted && message === terminated) return undefined;
      const summary = `the last sync (${done.by}) failed: ${message}`;
      const symptomOf = { id: "gitops/source", about: applicationKey(application) };
      return { severity: isReverted ? "warn" : "fail", summary, fix, symptomOf };
    }
    const again = gennet(`sync ${words(application)} --terminate`);
    if (last.pausing) {
      return { severity: "warn", summary: `a sync failed and is being retried (${retries}): ${message}`, fix: again };
    }
    const age = now() - startedAt;
    if (age <= patienceMs || last.held) return undefined;
    const summary = `a sync (${done.by}) has been running for ${formatDuration(age)}: ${message}`;
    return { severity: "fail", summary, fix: again };
  },
);

/**
 * Returns whether the Application is healthy with another commit than the failed one: the problem has been reverted.
 */
function isPast({ sync, health, revisions }: Application, last: OperationState): boolean {
  return sync === "Synced" && health === "Healthy" && revisions.join() !== last.revisions.join();
}
