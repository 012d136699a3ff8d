import { AppError } from "../core/error.ts";
import { shell } from "../core/shell-words.ts";
import type { Application, ArgoCd } from "../k8s/argocd/port.ts";
import { isEarlier, type LiveApplications } from "./live-applications.ts";
import type { RegionCommands } from "./reach-argocd.ts";

/** Makes Argo CD compare an Application with Git now. Returns the Application; undefined if it was deleted. */
export async function refresh(
  application: Application,
  live: LiveApplications,
  argocd: ArgoCd,
  signal: AbortSignal,
): Promise<Application | undefined> {
  const asked = await argocd.requestRefresh(application, signal);
  for (;;) {
    const now = live.find(application.name);
    if (now === undefined) return undefined;
    if (!isEarlier(now.version, asked.version) && !now.refreshing) return now;
    await live.changed(now.name, now.version, signal);
  }
}

/**
 * Asks the controller to terminate the operation in progress, which deletes its hooks. An operation that the controller
 * has not begun is withdrawn instead: Argo CD's own API says that there is none, and it would stay forever
 * (https://github.com/argoproj/argo-cd/issues/17155). Returns false if the Application has changed since, so that the
 * caller looks again.
 */
export async function terminateOperation(
  application: Application,
  argocd: ArgoCd,
  signal: AbortSignal,
): Promise<boolean> {
  if (!isUnbegun(application) && application.last?.phase !== "Running") return true;
  try {
    await (isUnbegun(application) ? argocd.withdraw(application, signal) : argocd.terminate(application, signal));
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === "KUBE_CONFLICT") return false;
    throw error;
  }
}

/**
 * Returns whether the controller has not begun the requested operation: a state that exists is the result of an earlier
 * one.
 */
export function isUnbegun({ operation, last }: Application): boolean {
  return operation !== undefined && (last === undefined || last.phase !== "Running") && last?.phase !== "Terminating";
}

/** What happened to a request that the controller has begun. */
export const continues = "the operation continues in Argo CD";

/** Long enough for a distant API server, short enough after Ctrl-C. */
const patienceMs = 1_500;

/**
 * Withdraws a sync request that the controller has not begun, so that it does not run at some later time, and returns
 * what happened to it. It is removed only if the Application is unchanged, which neither disturbs a controller that
 * begins it meanwhile nor affects any other request.
 */
export async function withdrawRequest(
  known: Application | undefined,
  id: string,
  argocd: ArgoCd,
  commands: RegionCommands,
): Promise<string> {
  const signal = AbortSignal.timeout(patienceMs);
  let application = known;
  try {
    for (let tries = 0; tries < 3 && application !== undefined; tries += 1) {
      const { operation, last, namespace, name } = application;
      if (operation?.id !== id) return "";
      if (last?.operation.id === id) return continues;
      try {
        await argocd.withdraw(application, signal);
        return "its request was withdrawn";
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== "KUBE_CONFLICT") throw error;
        application = await argocd.application(namespace, name, signal);
      }
    }
    return application === undefined ? "" : stays(application, commands, "it keeps changing");
  } catch (error) {
    const why = error instanceof AppError ? error.message : `no answer within ${patienceMs} ms`;
    if (!(error instanceof AppError) && !signal.aborted) throw error;
    return application === undefined ? why : stays(application, commands, why);
  }
}

function stays({ namespace, name }: Application, { kubectl }: RegionCommands, why: string): string {
  const patch = JSON.stringify([{ op: "remove", path: "/operation" }]);
  const command = kubectl(shell`-n ${namespace} patch application ${name} --type=json -p ${patch}`);
  return `its request could not be withdrawn (${why}) and may be carried out later; ${command} removes it`;
}
