import type { Application, ArgoCd } from "../k8s/argocd/port.ts";
import { isEarlier, type LiveApplications } from "./live-applications.ts";

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
