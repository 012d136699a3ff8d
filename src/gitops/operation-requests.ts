import { AppError } from "../core/error.ts";
import { shell } from "../core/shell-words.ts";
import type { Application, ArgoCd } from "../k8s/argocd/port.ts";
import { isEarlier, type LiveApplications } from "./live-applications.ts";
import type { RegionCommands } from "./reach-argocd.ts";

/** Has Argo CD compare an Application with Git now; answers it as it is then, undefined where it was deleted. */
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
 * Asks the controller to end the operation that is in progress; it removes what hooks it has begun. One that the
 * controller has not begun is withdrawn: Argo CD's own API says that there is none, and it stays for ever
 * (https://github.com/argoproj/argo-cd/issues/17155). False where the Application has changed since: it is looked at
 * again then.
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

/** Whether the controller has not begun what is asked for: a state that is there is an earlier operation's end. */
export function isUnbegun({ operation, last }: Application): boolean {
  return operation !== undefined && (last === undefined || last.phase !== "Running") && last?.phase !== "Terminating";
}

/** What has become of a request that the controller has begun. */
export const continues = "the operation continues in Argo CD";

/** Long enough for an API server far away, short enough after Ctrl-C. */
const patienceMs = 1_500;

/**
 * Takes back what a sync asked for and nothing has begun, so that it is not carried out at some later time, and answers
 * what has become of the request. It is removed only in the state in which it was seen, so a controller that begins it
 * meanwhile is not disturbed, and no other request is touched.
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
    return application === undefined ? "" : stays(application, commands, "it changes all the time");
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
