import type { Check } from "../../core/check.ts";
import { formatDuration } from "../../core/duration.ts";
import type { HealthContext } from "../health-context.ts";

const id = "gitops/controller";
const subject = "Argo CD";

export const gitopsController: Check<HealthContext> = {
  id,
  title: subject,
  explain:
    "Argo CD's application controller compares every Application with Git every few minutes (`timeout.reconciliation` in the ConfigMap argocd-cm). Where none was compared for three times as long, it does not run or cannot keep up; then what the Applications say of themselves is from before, and is not shown as if it were from now. Without Argo CD, or without Applications in its namespace argocd, there is nothing to ask.",
  needs: ["cluster/api"],
  async run({ gitops, now, kubectl }) {
    const about = { id, subject } as const;
    if (!(await gitops.installed())) return [{ ...about, severity: "skip", summary: "not installed" }];
    const applications = await gitops.applications();
    if (applications.length === 0) return [{ ...about, severity: "skip", summary: "there is no Application" }];
    const newest = Math.max(...applications.map(({ reconciledAt }) => reconciledAt ?? -Infinity));
    const fix = `${kubectl} -n argocd get pods`;
    if (newest === -Infinity) {
      return [{ ...about, severity: "fail", summary: "has not compared any Application yet", fix }];
    }
    const every = await gitops.comparesEvery("argocd");
    const age = now() - newest;
    const told = `compared the last Application ${formatDuration(Math.max(age, 0))} ago`;
    if (every !== undefined && age > 3 * every) {
      const summary = `its controller does not run or cannot keep up: ${told}, and should every ${formatDuration(every)}`;
      return [{ ...about, severity: "fail", summary, fix }];
    }
    return [{ ...about, severity: "ok", summary: told, evidence: { applications: applications.length } }];
  },
};
