import { formatDuration } from "../../core/duration.ts";
import type { Application, OperationState } from "../../k8s/argocd/port.ts";
import { applicationCheck, applicationKey, words } from "../application-check.ts";

/** Longer than a migration should take, and than Kubernetes lets a rollout. */
const patienceMs = 30 * 60_000;

/** A controller with many Applications takes its time. */
const beginMs = 10 * 60_000;

export const gitopsOperation = applicationCheck(
  {
    id: "gitops/operation",
    well: "no sync failed or is stuck",
    explain:
      "The last sync of each Application should have succeeded, and one that runs should end. The finding has Argo CD's message and that of the resource or hook that failed; a sync that is tried again is a warning, as is one whose commit is past and whose Application is healthy with another. One that runs for more than 30 minutes is stuck: mostly a hook that does not end, or a resource that does not become healthy. `gennet sync APP --terminate` ends it and syncs again, and withdraws one that the controller has not begun for 10 minutes, of which Argo CD itself says that no operation is in progress. One that a sync window holds is not stuck: gitops/window has it.",
  },
  async (application, { now, gennet }) => {
    const { operation, last, askedAt } = application;
    if (operation !== undefined && last?.phase !== "Running" && last?.phase !== "Terminating") {
      const waited = askedAt === undefined ? 0 : now() - askedAt;
      if (waited <= beginMs) return undefined;
      const summary = `a sync (${operation.by}) was asked for ${formatDuration(waited)} ago, and Argo CD's controller has not begun it`;
      return { severity: "fail", summary, fix: gennet(`sync ${words(application)} --terminate`) };
    }
    if (last === undefined) return undefined;
    const { phase, message, startedAt, retries, operation: done } = last;
    const fix = gennet(`app tree ${words(application)}`);
    if (operation === undefined) {
      if (phase !== "Failed" && phase !== "Error") return undefined;
      const summary = `the last sync (${done.by}) failed: ${message}`;
      const symptomOf = { id: "gitops/source", about: applicationKey(application) };
      return { severity: isPast(application, last) ? "warn" : "fail", summary, fix, symptomOf };
    }
    const again = gennet(`sync ${words(application)} --terminate`);
    if (last.pausing) {
      return { severity: "warn", summary: `a sync failed and is tried again (${retries}): ${message}`, fix: again };
    }
    const age = now() - startedAt;
    if (age <= patienceMs || last.held) return undefined;
    const summary = `a sync (${done.by}) runs for ${formatDuration(age)}: ${message}`;
    return { severity: "fail", summary, fix: again };
  },
);

/** All is fine by now, with another commit than the one that failed: what was wrong has been reverted. */
function isPast({ sync, health, revisions }: Application, last: OperationState): boolean {
  return sync === "Synced" && health === "Healthy" && revisions.join() !== last.revisions.join();
}
