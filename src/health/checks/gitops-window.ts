import { applicationCheck } from "../application-check.ts";

export const gitopsWindow = applicationCheck(
  {
    id: "gitops/window",
    well: "no sync window keeps a change away",
    explain:
      "A project of Argo CD can have sync windows: times in which its Applications are or are not synced. Argo CD does not say when one of them holds a change back; this does, for Applications that are out of sync now. `gennet sync` refuses to ask for a sync that a window would hold back.",
  },
  async (application, { gitops, kubectl }) => {
    if (application.sync !== "OutOfSync") return undefined;
    const window = await gitops.blockedBy(application);
    if (window === undefined) return undefined;
    const fix = `${kubectl} -n argocd get appproject ${application.project} -o yaml`;
    return { severity: "warn", summary: `out of sync, and ${window.reason}`, fix };
  },
);
