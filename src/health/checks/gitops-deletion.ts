import { formatDuration } from "../../core/duration.ts";
import { shell } from "../../core/shell-words.ts";
import { applicationCheck } from "../application-check.ts";

/** Longer than most deletions take. */
const patienceMs = 30 * 60_000;

export const gitopsDeletion = applicationCheck(
  {
    id: "gitops/deletion",
    well: "none is being deleted",
    evenIfOld: true,
    explain:
      "An Application that is being deleted stays until all its finalizers are done: Argo CD's own finalizer first deletes what the Application deployed. A deletion that takes longer than 30 minutes, or that has a DeletionError, is stuck, because of a resource with its own finalizer, a cluster that no longer exists, or a finalizer that nothing removes. Do not sync the Application, because that would recreate what was deleted; `gennet sync` refuses to.",
  },
  async ({ namespace, name, deletingSince, finalizers, conditions }, { now, kubectl }) => {
    if (deletingSince === undefined) return undefined;
    const error = conditions.find(({ type }) => type === "DeletionError")?.message.replaceAll(/\s+/g, " ");
    const age = now() - deletingSince;
    const held = finalizers.length === 0 ? "" : `, held by ${finalizers.join(", ")}`;
    const why = error === undefined ? "" : `: ${error}`;
    return {
      severity: error !== undefined || age > patienceMs ? "fail" : "warn",
      summary: `being deleted since ${new Date(deletingSince).toISOString()} (${formatDuration(Math.max(age, 0))})${held}${why}`,
      fix: `${kubectl} ${shell`-n ${namespace} describe application ${name}`}`,
    };
  },
);
