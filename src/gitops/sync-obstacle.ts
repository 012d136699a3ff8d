import { counted } from "../core/enumerate.ts";
import { shell } from "../core/shell-words.ts";
import type { Application, ArgoCd } from "../k8s/argocd/port.ts";
import type { RegionCommands } from "./reach-argocd.ts";

/** Why a sync must not be asked for, and the commands that help. */
export interface SyncObstacle {
  readonly message: string;
  readonly next: readonly string[];
}

/**
 * Why a sync of this Application must not be asked for now; undefined where nothing speaks against it. Argo CD's own API
 * refuses the same; `.operation` is open to anyone, and the controller would carry it out, or keep it for later.
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
 * Refuses a sync that would delete everything that an Application has, because Git holds nothing for it any more, where
 * only its automated policy says to prune: Argo CD itself does not sync it then, unless it is told by `allowEmpty`.
 * `prune`: the user says so.
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
    message: `Git no longer has anything for it, and a sync would delete everything it has: ${counted(own.length, "resource")}`,
    next: [gennet(`app tree ${words}`), `${gennet(`sync ${words} --prune`)}   deletes them`],
  };
}

/** What keeps the controller from carrying out a sync of an Application, whatever asks for it. */
export function withoutController(application: Application, { kubectl }: RegionCommands): SyncObstacle | undefined {
  const { namespace, name, deletingSince, finalizers, paused } = application;
  if (deletingSince !== undefined) {
    const held = finalizers.length === 0 ? "" : `, held by ${finalizers.join(", ")}`;
    return {
      message: `it is being deleted since ${new Date(deletingSince).toISOString()}${held}`,
      next: [kubectl(shell`-n ${namespace} describe application ${name}`)],
    };
  }
  if (!paused) return undefined;
  return {
    message: "reconciliation is disabled by the annotation argocd.argoproj.io/skip-reconcile",
    next: [kubectl(shell`-n ${namespace} annotate application ${name} argocd.argoproj.io/skip-reconcile-`)],
  };
}
