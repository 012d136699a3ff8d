import { shell } from "../../core/shell-words.ts";
import { applicationCheck } from "../application-check.ts";

const conditions = new Set(["SharedResourceWarning", "RepeatedResourceWarning"]);

export const gitopsShared = applicationCheck(
  {
    id: "gitops/shared",
    well: "share no resource",
    explain:
      "A resource should be in one Application, and once. Of two that have it, the one that was synced last wins, and each sync of the other changes it again, or prunes it; both may show Synced and Healthy in between. The message is Argo CD's own. Move the resource into its own Application, or have the sync fail by the sync option FailOnSharedResource=true.",
  },
  async (application, { kubectl }) => {
    const found = application.conditions.filter(({ type }) => conditions.has(type));
    if (found.length === 0) return undefined;
    const { namespace, name } = application;
    const summary = found.map(({ message }) => message.replaceAll(/\s+/g, " ")).join("; ");
    return { severity: "warn", summary, fix: `${kubectl} ${shell`-n ${namespace} describe application ${name}`}` };
  },
);
