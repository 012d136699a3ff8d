import { AppError } from "../core/error.ts";
import type { Application, ArgoCd } from "../k8s/argocd/port.ts";

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
