import { shell } from "../core/shell-words.ts";
import type { Application } from "../k8s/argocd/port.ts";
import type { RegionCommands } from "./reach-argocd.ts";

/** Returns commands that show the logs of failed hooks, for hooks that run in this cluster. */
export function hookLogs(
  { last, destination }: Pick<Application, "last" | "destination">,
  { kubectl }: RegionCommands,
): readonly string[] {
  if (last === undefined || !destination.inCluster) return [];
  return last.results
    .filter(({ kind, hookPhase = "" }) => ["Job", "Pod"].includes(kind) && ["Failed", "Error"].includes(hookPhase))
    .slice(0, 3)
    .map(({ kind, name, namespace = destination.namespace }) =>
      kubectl(shell`-n ${namespace} logs ${`${kind.toLowerCase()}/${name}`} --all-containers`),
    );
}
