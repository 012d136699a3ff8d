import { formatDuration } from "../../core/duration.ts";
import type { Application, OperationState } from "../../k8s/argocd/port.ts";
import { applicationCheck } from "../application-check.ts";
import { sourceProblem } from "./gitops-source.ts";

/** Longer than a migration should take, and than Kubernetes lets a rollout. */
const patienceMs = 30 * 60_000;

export const gitopsOperation = applicationCheck(
  {
    id: "gitops/operation",
    well: "no sync failed or is stuck",
    explain:
      "The last sync of each Application should have succeeded, and one that runs should end. The finding has Argo CD's message and that of the resource or hook that failed; a sync that is tried again is a warning, as is one whose commit is past and whose Application is well with another. One that runs for more than 30 minutes is stuck: mostly a hook that does not end, or a resource that does not become healthy. `argocd app terminate-op APP` ends it.",
  },
  async (application, { now, gennet }) => {
    const { name, operation, last } = application;
    if (last === undefined) return undefined;
    const { phase, message, finishedAt, startedAt, retries, operation: done } = last;
    const fix = gennet(`app tree ${name}`);
    if (operation === undefined) {
      if (phase !== "Failed" && phase !== "Error") return undefined;
      const summary = `the last sync (${done.by}) failed: ${message}`;
      const cause = sourceProblem(application) === undefined ? {} : { cause: "gitops/source" };
      return { severity: isPast(application, last) ? "warn" : "fail", summary, fix, ...cause };
    }
    if (phase === "Running" && finishedAt !== undefined) {
      return { severity: "warn", summary: `a sync failed and is tried again (${retries}): ${message}`, fix };
    }
    const age = now() - startedAt;
    if (age <= patienceMs) return undefined;
    return { severity: "fail", summary: `a sync (${done.by}) runs for ${formatDuration(age)}: ${message}`, fix };
  },
);

/** All is well by now, with another commit than the one that failed: what was wrong has been taken back. */
function isPast({ sync, health, revisions }: Application, last: OperationState): boolean {
  return sync === "Synced" && health === "Healthy" && revisions.join() !== last.revisions.join();
}
