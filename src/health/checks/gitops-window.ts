import { formatDuration } from "../../core/duration.ts";
import { shell } from "../../core/shell-words.ts";
import { applicationCheck } from "../application-check.ts";

export const gitopsWindow = applicationCheck(
  {
    id: "gitops/window",
    well: "no sync window keeps a change away",
    explain:
      "A project of Argo CD can have sync windows: times in which its Applications are or are not synced. Argo CD does not say when one of them holds a change back; this does, for Applications that are out of sync now, and for syncs that had begun when a window closed: Argo CD neither continues nor ends those before it opens again. `gennet sync` refuses to ask for a sync that a window would hold back.",
  },
  async (application, { gitops, kubectl, now }) => {
    const { project, sync, operation, last, namespace, controllerNamespace = namespace } = application;
    const fix = `${kubectl} ${shell`-n ${controllerNamespace} get appproject ${project} -o yaml`}`;
    if (operation !== undefined && last !== undefined && last.held) {
      const hold = await gitops.blockedBy(application, last.operation.automated ? "automation" : "hand");
      const why = hold === undefined ? "a sync window, which has opened by now" : hold.reason;
      const age = formatDuration(Math.max(now() - last.startedAt, 0));
      return { severity: "warn", summary: `a sync (${last.operation.by}) that began ${age} ago is held: ${why}`, fix };
    }
    if (sync !== "OutOfSync" || operation !== undefined) return undefined;
    const hold = await gitops.blockedBy(application);
    return hold && { severity: "warn", summary: `out of sync, and ${hold.reason}`, fix };
  },
);
