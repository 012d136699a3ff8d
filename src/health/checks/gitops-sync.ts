import type { Application } from "../../k8s/argocd/port.ts";
import { applicationCheck } from "../application-check.ts";
import { sourceProblem } from "./gitops-source.ts";

export const gitopsSync = applicationCheck(
  {
    id: "gitops/sync",
    well: "as Git has them",
    explain:
      "What runs should be what Git holds. Out of sync means that somebody pushed a change which is not deployed, or changed something in the cluster by hand; it is a warning, for what ran before still runs. `gennet app tree APP` shows which resources differ, `gennet sync APP` deploys what Git holds. While a sync is under way nothing is said.",
  },
  async (application, { gitops, gennet }) => {
    const { name, sync, operation, last } = application;
    if (sync === "Synced" || operation !== undefined) return undefined;
    if (sync === "Unknown") {
      // Why it cannot be compared is what gitops/source says.
      const cause = sourceProblem(application) === undefined ? {} : { cause: "gitops/source" };
      return { severity: "unknown", summary: "not compared with Git", ...cause };
    }
    const cause = (await gitops.blockedBy(application))
      ? "gitops/window"
      : last?.phase === "Failed" || last?.phase === "Error"
        ? "gitops/operation"
        : undefined;
    const summary = `out of sync${differing(application)}`;
    return { severity: "warn", summary, fix: gennet(`sync ${name}`), ...(cause === undefined ? {} : { cause }) };
  },
);

function differing({ resources }: Application): string {
  const names = resources.filter(({ sync }) => sync === "OutOfSync").map(({ kind, name }) => `${kind} ${name}`);
  if (names.length === 0) return "";
  return `: ${names.slice(0, 3).join(", ")}${names.length > 3 ? ` and ${names.length - 3} more` : ""}`;
}
