import { counted } from "../core/enumerate.ts";
import { shell } from "../core/shell-words.ts";
import type { Application, ArgoCd } from "../k8s/argocd/port.ts";
import type { RegionCommands } from "./reach-argocd.ts";

/** Why a sync must not be requested, and commands that help. */
export interface SyncObstacle {
  readonly message: string;
  readonly next: readonly string[];
}

/**
 * Returns why a sync of this Application must not be requested now; undefined if there is no obstacle. Argo CD's own
 * API rejects the same cases, but `.operation` is open to any client, and the controller would execute it, or keep it
 * for later.
 */
export async function obstacleTo(
  application: Application,
  argocd: ArgoCd,
  now: number,
  commands: RegionCommands,
  signal: AbortSignal,
): Promise<SyncObstacle | undefined> {
  const gone = withoutController(application, commands);
  if (gone !== undefined) return gone;
  const { namespace, project } = application;
  const unwatched = await argocd.unwatched(application, signal);
  if (unwatched !== undefined) {
    return {
      message: unwatched,
      next: ["https://argo-cd.readthedocs.io/en/stable/operator-manual/app-any-namespace/"],
    };
  }
  const hold = await argocd.blockedBy(application, now, signal);
  if (hold === undefined) return undefined;
  const home = application.controllerNamespace ?? namespace;
  return { message: hold.reason, next: [commands.kubectl(shell`-n ${home} get appproject ${project} -o yaml`)] };
}

/**
 * Rejects a sync that would delete all resources of an Application because Git no longer contains one for it, if only the
 * automated policy requests pruning: Argo CD itself does not sync it then, unless `allowEmpty` is set. `prune`: the
 * user requests it.
 */
export function wipingOut(
  { resources, spec, name, namespace }: Application,
  prune: boolean,
  { gennet }: RegionCommands,
): SyncObstacle | undefined {
  const { automated } = spec.syncPolicy ?? {};
  const own = resources.filter(({ hook }) => !hook);
  const isAll = own.length > 0 && own.every(({ requiresPruning }) => requiresPruning);
  if (prune || !isAll || automated?.prune !== true || automated.allowEmpty === true) return undefined;
  const words = namespace === "argocd" ? shell`${name}` : shell`${name} -n ${namespace}`;
  return {
    message: `Git no longer contains resources for it, so a sync would delete all that it has: ${counted(own.length, "resource")}`,
    next: [gennet(`app tree ${words}`), `${gennet(`sync ${words} --prune`)}   deletes them`],
  };
}

/** Returns what prevents the controller from executing any sync of an Application. */
export function withoutController(application: Application, { kubectl }: RegionCommands): SyncObstacle | undefined {
  const { namespace, name, deletingSince, finalizers, paused } = application;
  if (deletingSince !== undefined) {
    const held = finalizers.length === 0 ? "" : `, held by ${finalizers.join(", ")}`;
    return {
      message: `its deletion began at ${new Date(deletingSince).toISOString()}${held}`,
      next: [kubectl(shell`-n ${namespace} describe application ${name}`)],
    };
  }
  if (!paused) return undefined;
  return {
    message: "reconciliation is disabled by the annotation argocd.argoproj.io/skip-reconcile",
    next: [kubectl(shell`-n ${namespace} annotate application ${name} argocd.argoproj.io/skip-reconcile-`)],
  };
}
