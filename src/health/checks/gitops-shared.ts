import { shell } from "../../core/shell-words.ts";
import { applicationCheck } from "../application-check.ts";

const conditions = new Set(["SharedResourceWarning", "RepeatedResourceWarning"]);

export const gitopsShared = applicationCheck(
  {
    id: "gitops/shared",
    well: "share no resource",
    explain:
      "A resource should be in only one Application, and only once. If two Applications contain it, the one that was synced last wins, and each sync of the other one changes the resource again, or prunes it; both may show Synced and Healthy in between. The message is Argo CD's. Move the resource to a separate Application, or make such syncs fail with the sync option FailOnSharedResource=true.",
  },
  async (application, { kubectl }) => {
    const found = application.conditions.filter(({ type }) => conditions.has(type));
    if (found.length === 0) return undefined;
    const { namespace, name } = application;
    const summary = found.map(({ message }) => message.replaceAll(/\s+/g, " ")).join("; ");
    return { severity: "warn", summary, fix: `${kubectl} ${shell`-n ${namespace} describe application ${name}`}` };
  },
);
