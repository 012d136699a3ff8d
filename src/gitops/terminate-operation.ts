import { AppError } from "../core/error.ts";
import type { Application, ArgoCd } from "../k8s/argocd/port.ts";

/**
 * Asks the controller to end the operation that is in progress; it removes what hooks it has begun. False where the
 * Application has changed since: it is looked at again then.
 */
export async function terminateOperation(
  application: Application,
  argocd: ArgoCd,
  signal: AbortSignal,
): Promise<boolean> {
  if (application.last?.phase !== "Running") return true;
  try {
    await argocd.terminate(application, signal);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === "KUBE_CONFLICT") return false;
    throw error;
  }
}
