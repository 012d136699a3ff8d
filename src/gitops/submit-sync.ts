import { AppError } from "../core/error.ts";
import { isUnanswered } from "../core/transient.ts";
import type { Application, ArgoCd, OperationState } from "../k8s/argocd/port.ts";
import type { Asked } from "./judge-sync.ts";
import type { LiveApplications } from "./live-applications.ts";
import type { SyncVerdict } from "./sync-options.ts";
import type { SyncOptions } from "./sync-options.ts";
import { obstacleTo, wipingOut } from "./sync-obstacle.ts";
import { terminateOperation, isUnbegun } from "./operation-requests.ts";

/** The progress of the request so far. */
export interface Submission {
  /** The operation that it waited behind, if any. */
  behind?: string;
  waitedMs: number;
  /** Whether it was written, or may have been. */
  written: boolean;
}

/** Submits the request as soon as no other operation is in progress. */
export async function submitSync(
  { namespace, name }: Application,
  live: LiveApplications,
  argocd: ArgoCd,
  options: SyncOptions,
  submission: Submission,
): Promise<Asked | SyncVerdict> {
  const { id, prune, clock, report, signal, commands } = options;
  const startedAt = clock.now();
  let application = live.find(name);
  let terminated = !options.terminate;
  for (;;) {
    if (application === undefined) return { outcome: "failed", message: "the Application was deleted" };
    const { operation, last, version } = application;
    // A response may get lost; the actual state decides.
    if (operation?.id === id || (operation === undefined && last?.operation.id === id)) return { id, version };
    const obstacle =
      (await obstacleTo(application, argocd, clock.now(), commands, signal)) ?? wipingOut(application, prune, commands);
    if (obstacle !== undefined)
      return { outcome: "blocked", ...obstacle, message: `${obstacle.message}; no sync was requested` };
    if (operation !== undefined) {
      const held = await heldBy(application, argocd, clock.now(), signal);
      const others = isUnbegun(application)
        ? `${operation.by}, which Argo CD's controller has not begun`
        : `${operation.by}${last === undefined ? "" : stateOf(last, held)}`;
      const next = options.terminate ? [] : [commands.gennet(`sync ${name} --terminate`)];
      if (options.async || held !== undefined) {
        return {
          outcome: "busy",
          message: `another operation is in progress: ${others}`,
          next: held === undefined ? next : [],
        };
      }
      submission.behind = operation.by;
      if (!terminated) {
        report(`${isUnbegun(application) ? "withdrawing" : "terminating"} the operation of ${others}`);
        terminated = await terminateOperation(application, argocd, signal);
      } else report(`waiting for another operation: ${others}`);
      await live.changed(name, version, signal);
      application = live.find(name);
      continue;
    }
    submission.waitedMs = submission.behind === undefined ? 0 : clock.now() - startedAt;
    report("requesting the sync");
    try {
      submission.written = true;
      const stored = await argocd.requestSync(application, { id, prune }, signal);
      return { id, version: stored.version };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (isUnanswered(error)) {
        report(error.message);
        await clock.sleep(1_000, signal);
      } else if (error.code !== "KUBE_CONFLICT") throw error;
      application = await newest(argocd, namespace, name, application, signal);
    }
  }
}

/**
 * Returns the window that holds a running operation; Argo CD does not end such an operation either, not even on
 * request.
 */
async function heldBy(
  application: Application,
  argocd: ArgoCd,
  now: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { last } = application;
  if (application.operation === undefined || last === undefined || !last.held) return undefined;
  const begunBy = last.operation.automated ? "automation" : "hand";
  const hold = await argocd.blockedBy(application, now, signal, begunBy);
  return hold?.reason ?? "a sync window";
}

function stateOf(last: OperationState, held: string | undefined): string {
  const since = `, since ${new Date(last.startedAt).toISOString()}`;
  if (held !== undefined) return `${since}, held because ${held}; it cannot be terminated before that`;
  if (last.message === "") return since;
  const failed = last.pausing ? `it failed and is retried (${last.retries}): ` : "";
  return `${since}: ${failed}${last.message}`;
}

/** Returns the stored state; the last known one while the API server does not answer. */
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
