import { formatDuration } from "../../core/duration.ts";
import { shell } from "../../core/shell-words.ts";
import { applicationSetCheck } from "../application-set-check.ts";

/** Longer than most deletions take. */
const patienceMs = 30 * 60_000;

export const gitopsGenerated = applicationSetCheck(
  {
    id: "gitops/generated",
    title: "application sets",
    well: "their Applications are generated",
    explain:
      "An ApplicationSet generates Applications from a template. If its controller fails, because a generator does not answer, a template does not render, two Applications would have the same name or a project is missing, the existing Applications stay as they are and keep showing Synced and Healthy, but new ones are not created, and changes to the template do not arrive. The message is Argo CD's. An ApplicationSet that its controller has not reconciled is unknown; one that generates no Application is skipped.",
  },
  async ({ name, namespace, conditions, deletingSince }, applications, { kubectl, now }) => {
    const fix = `${kubectl} ${shell`-n ${namespace} describe applicationset ${name}`}`;
    if (deletingSince !== undefined) {
      const age = Math.max(now() - deletingSince, 0);
      const summary = `being deleted since ${new Date(deletingSince).toISOString()} (${formatDuration(age)})`;
      return [{ severity: age > patienceMs ? "fail" : "warn", summary, fix }];
    }
    const error = conditions.find(({ type, status }) => type === "ErrorOccurred" && status === "True");
    if (error !== undefined) return [{ severity: "fail", summary: error.message, fix }];
    if (conditions.length === 0) {
      return [{ severity: "unknown", summary: "its controller has not reconciled it", fix }];
    }
    return applications.length === 0 ? [{ severity: "skip", summary: "generates no Application" }] : [];
  },
);
