import type { Clock } from "../core/clock.ts";
import { formatDuration } from "../core/duration.ts";
import { AppError } from "../core/error.ts";
import { shell } from "../core/shell-words.ts";
import type { Application, ArgoCd } from "../k8s/argocd/port.ts";
import { hookLogs } from "./hook-logs.ts";
import { type Asked, judgeSync, type SyncProgress } from "./judge-sync.ts";
import type { LiveApplications } from "./live-applications.ts";
import type { SyncVerdict } from "./sync-options.ts";
import type { SyncOptions } from "./sync-options.ts";
import { withoutController } from "./sync-obstacle.ts";

/**
 * Argo CD sometimes loses the result of a comparison: it writes the difference from a state of the Application that its
 * own cache has not caught up with. A state that looks wrong for this long is compared again.
 */
const doubtMs = 2_000;
/** A running controller begins an operation within a second or two. */
const signMs = 10_000;
/** How long other controllers have to react to a change before their health is trusted; Kargo waits as long. */
const steadyMs = 10_000;

type Open = Extract<SyncProgress, { readonly detail: string }>;

/** Follows a requested sync until it has finished and its result is visible, or until no progress can be expected. */
export async function followSync(
  asked: Asked,
  name: string,
  live: LiveApplications,
  argocd: ArgoCd,
  { clock, settleMs, report, signal, commands }: SyncOptions,
): Promise<SyncVerdict> {
  const askedAt = clock.now();
  let succeeded = false;
  let stuckSince: number | undefined;
  let steadySince: number | undefined;
  let doubted = false;
  for (;;) {
    const application = live.find(name);
    if (application === undefined) return { outcome: "failed", message: "the Application was deleted" };
    const progress = judgeSync(application, asked, succeeded);
    if (progress.is === "settled") {
      steadySince ??= clock.now();
      const left = progress.fragile ? steadyMs - (clock.now() - steadySince) : 0;
      if (left <= 0)
        return { outcome: "succeeded", message: application.health === "Suspended" ? "it is suspended" : "" };
      succeeded = true;
      stuckSince = undefined;
      report("healthy; waiting for other controllers to act on the change");
      await changedWithin(left, live, application, clock, signal);
      continue;
    }
    steadySince = undefined;
    if (progress.is === "earlier") {
      await live.changed(name, application.version, signal);
      continue;
    }
    if (!("detail" in progress)) return ended(progress, application);
    const over = cutOff(progress, application);
    if (over !== undefined) return over;
    const silentMs = progress.is === "unstarted" ? clock.now() - askedAt : 0;
    report(silentMs < signMs ? progress.detail : withoutSign(progress, application));
    succeeded ||= progress.is === "settling";
    const isStuck = (progress.is !== "unstarted" && progress.stuck) || application.paused;
    stuckSince = isStuck ? (stuckSince ?? clock.now()) : undefined;
    const lasts = stuckSince === undefined ? -Infinity : clock.now() - stuckSince;
    if (lasts >= settleMs) return stuck(progress, application);
    if (progress.is === "settling" && lasts >= doubtMs && !doubted) {
      doubted = true;
      await compareAgain(application, argocd, signal);
    }
    const limit = progress.is === "settling" && !doubted ? Math.min(doubtMs, settleMs) : settleMs;
    const wait = progress.is === "unstarted" && silentMs < signMs ? signMs - silentMs : limit - lasts;
    await changedWithin(wait, live, application, clock, signal);
  }

  function ended(progress: Extract<SyncProgress, { readonly message: string }>, application: Application): SyncVerdict {
    const { is: outcome, message } = progress;
    if (outcome === "superseded") return { outcome, message };
    const logs = hookLogs(application, commands);
    return { outcome, message, next: logs.length > 0 ? logs : [treeOf(name)] };
  }

  /** Returns what ends the wait while the operation has no end: no controller will process the Application any more. */
  function cutOff(progress: Open, application: Application): SyncVerdict | undefined {
    const obstacle = withoutController(application, commands);
    if (obstacle === undefined || progress.is === "running") return undefined;
    if (progress.is === "unstarted") return { outcome: "blocked", ...obstacle };
    const message = `the operation succeeded, and before its result was seen ${obstacle.message}`;
    return { outcome: application.paused ? "blocked" : "superseded", message, next: obstacle.next };
  }

  function withoutSign(
    { detail }: Open,
    { namespace, reconciledAt, controllerNamespace = namespace }: Application,
  ): string {
    const compared =
      reconciledAt === undefined
        ? "has never compared this Application"
        : `last compared this Application ${formatDuration(Math.max(clock.now() - reconciledAt, 0))} ago`;
    return `${detail}, which ${compared}; look at ${commands.kubectl(shell`-n ${controllerNamespace} get pods`)}`;
  }

  async function stuck({ is, detail }: Open, application: Application): Promise<SyncVerdict> {
    if (is === "settling") {
      const message = `the operation succeeded, but the application is ${detail}`;
      return { outcome: "failed", message, next: [treeOf(name)] };
    }
    const obstacle = withoutController(application, commands);
    if (obstacle !== undefined)
      return { outcome: "blocked", message: `${detail}; ${obstacle.message}`, next: obstacle.next };
    if (application.last === undefined || !application.last.held)
      return { outcome: "blocked", message: detail, next: [treeOf(name)] };
    const hold = await argocd.blockedBy(application, clock.now(), signal);
    const window = hold === undefined ? "" : ` (${hold.reason})`;
    return {
      outcome: "blocked",
      message: `${detail}${window}; the request stays and runs when the window allows it; it cannot be terminated before that`,
    };
  }

  function treeOf(app: string): string {
    return commands.gennet(shell`app tree ${app}`);
  }
}

/** Only requests a comparison: if the request fails, Argo CD compares by itself later. */
async function compareAgain(application: Application, argocd: ArgoCd, signal: AbortSignal): Promise<void> {
  try {
    await argocd.requestRefresh(application, signal);
  } catch (error) {
    if (!(error instanceof AppError) || signal.aborted) throw error;
  }
}

/** Waits until the application's state changes, or the time is over. */
async function changedWithin(
  ms: number,
  live: LiveApplications,
  { name, version }: Application,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  if (ms === Infinity) return live.changed(name, version, signal);
  const over = new AbortController();
  const inner = AbortSignal.any([signal, over.signal]);
  try {
    await Promise.race([live.changed(name, version, inner), clock.sleep(ms, inner)]);
  } finally {
    over.abort(new Error("the other one was first"));
  }
}
