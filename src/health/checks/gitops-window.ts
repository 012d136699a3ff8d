import { formatDuration } from "../../core/duration.ts";
import { shell } from "../../core/shell-words.ts";
import { applicationCheck } from "../application-check.ts";

export const gitopsWindow = applicationCheck(
  {
    id: "gitops/window",
    well: "no sync window blocks a change",
    explain:
      "An Argo CD project can have sync windows: times at which its Applications are or are not synced. Argo CD does not report when a window blocks a change. This check does, for Applications that are out of sync now, and for syncs that were running when a window closed: Argo CD neither continues nor ends them before it opens again. `gennet sync` refuses to request a sync that a window would block.",
  },
  async (application, { gitops, kubectl, now }) => {
    const { project, sync, operation, last, namespace, controllerNamespace = namespace } = application;
    const fix = `${kubectl} ${shell`-n ${controllerNamespace} get appproject ${project} -o yaml`}`;
    if (operation !== undefined && last !== undefined && last.held) {
      const hold = await gitops.blockedBy(application, last.operation.automated ? "automation" : "hand");
      const why = hold === undefined ? "a sync window, which has opened since then" : hold.reason;
      const age = formatDuration(Math.max(now() - last.startedAt, 0));
      return { severity: "warn", summary: `a sync (${last.operation.by}) that began ${age} ago is held: ${why}`, fix };
    }
    if (sync !== "OutOfSync" || operation !== undefined) return undefined;
    const hold = await gitops.blockedBy(application);
    return hold && { severity: "warn", summary: `out of sync, and ${hold.reason}`, fix };
  },
);
