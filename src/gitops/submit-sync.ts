import { AppError } from "../core/error.ts";
import type { Application, ArgoCd } from "../k8s/argocd/port.ts";
import type { Asked } from "./judge-sync.ts";
import type { LiveApplications } from "./live-applications.ts";
import type { SyncOptions, Verdict } from "./sync-application.ts";

/** What it waited behind, if anything. */
export interface Queue {
  behind?: string;
  waitedMs: number;
}

/** Brings the request in as soon as no other operation is in the way. */
export async function submitSync(
  { namespace, name }: Application,
  live: LiveApplications,
  argocd: ArgoCd,
  options: SyncOptions,
  queue: Queue,
): Promise<Asked | Verdict> {
  const { id, prune, clock, report, signal } = options;
  const startedAt = clock.now();
  let application = live.find(name);
  for (;;) {
    if (application === undefined) return { outcome: "failed", message: "the Application was deleted" };
    const { operation, last, version } = application;
    // An answer may get lost on its way; what counts is what is there.
    if (operation?.id === id || (operation === undefined && last?.operation.id === id)) return { id, version };
    if (operation !== undefined) {
      const others = `${operation.by}${last === undefined ? "" : `, since ${new Date(last.startedAt).toISOString()}`}`;
      if (options.async) return { outcome: "busy", message: `another operation is in progress: ${others}` };
      report(`waits behind another operation: ${others}`);
      queue.behind = operation.by;
      await live.changed(name, version, signal);
      application = live.find(name);
      continue;
    }
    queue.waitedMs = queue.behind === undefined ? 0 : clock.now() - startedAt;
    const window = await argocd.blockedBy(application, clock.now(), signal);
    if (window !== undefined) return { outcome: "blocked", message: `${window}; nothing was asked for` };
    report("asks for the sync");
    try {
      const stored = await argocd.requestSync(application, { id, prune }, signal);
      return { id, version: stored.version };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code === "KUBE_UNREACHABLE" || error.code === "KUBE_FAILING" || error.code === "KUBE_TIMED_OUT") {
        report(error.message);
        await clock.sleep(1_000, signal);
      } else if (error.code !== "KUBE_CONFLICT") throw error;
      application = await newest(argocd, namespace, name, application, signal);
    }
  }
}

/** The state of it as it is stored; the one that is known while the API server does not answer. */
async function newest(
  argocd: ArgoCd,
  namespace: string,
  name: string,
  known: Application,
  signal: AbortSignal,
): Promise<Application | undefined> {
  try {
    return await argocd.application(namespace, name, signal);
  } catch (error) {
    if (error instanceof AppError && error.code !== "KUBE_DENIED" && !signal.aborted) return known;
    throw error;
  }
}
