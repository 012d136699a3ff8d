import type { Clock } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import { exit } from "../core/exit.ts";
import type { Application, ArgoCd } from "../k8s/argocd/port.ts";
import { type Asked, judgeSync } from "./judge-sync.ts";
import type { LiveApplications } from "./live-applications.ts";
import { type Queue, submitSync } from "./submit-sync.ts";
import type { SyncedApplication, SyncOutcome } from "./synced-application.ts";

export interface SyncOptions {
  readonly region: string;
  /** The correlation id of this sync. */
  readonly id: string;
  readonly prune: boolean;
  /** Ask, and do not wait: neither for others nor for the result. */
  readonly async: boolean;
  /** How long an application may stay out of sync or degraded after its operation before that is a failure. */
  readonly settleMs: number;
  readonly clock: Clock;
  /** What it does or waits for; told once for each change of it. */
  readonly report: (detail: string) => void;
  readonly signal: AbortSignal;
}

const outcomeOfExit: ReadonlyMap<number, SyncOutcome> = new Map([
  [exit.unhealthy, "failed"],
  [exit.denied, "denied"],
  [exit.timedOut, "timed-out"],
]);

export interface Verdict {
  readonly outcome: SyncOutcome;
  readonly message: string;
}

/** Syncs one Application and waits for the end of it. Answers whatever the end; throws where it was interrupted. */
export async function syncApplication(
  begun: Application,
  live: LiveApplications,
  argocd: ArgoCd,
  options: SyncOptions,
): Promise<SyncedApplication> {
  const { clock, signal, id } = options;
  const startedAt = clock.now();
  const queue: Queue = { waitedMs: 0 };
  const told = { detail: "" };
  const report = (detail: string): void => {
    if (detail !== told.detail) options.report(detail);
    told.detail = detail;
  };
  const verdict = await endOf(async () => {
    const asked = await submitSync(begun, live, argocd, { ...options, report }, queue);
    if ("outcome" in asked) return asked;
    return options.async
      ? { outcome: "requested", message: "" }
      : waitFor(asked, begun.name, live, argocd, { ...options, report });
  });
  const last = live.find(begun.name) ?? begun;
  const state = last.last?.operation.id === id ? last.last : undefined;
  const lacking = verdict.outcome === "timed-out" && told.detail !== "" ? ` Last seen: ${told.detail}.` : "";
  return {
    region: options.region,
    namespace: begun.namespace,
    name: begun.name,
    outcome: verdict.outcome,
    message: `${verdict.message}${lacking}`,
    revisions: state?.revisions ?? [],
    sync: last.sync,
    health: last.health,
    ...(queue.behind === undefined ? {} : { behind: queue.behind }),
    queuedMs: queue.waitedMs,
    retries: state?.retries ?? 0,
    durationMs: clock.now() - startedAt,
  };

  async function endOf(work: () => Promise<Verdict>): Promise<Verdict> {
    try {
      return await work();
    } catch (error) {
      const reason: unknown = signal.aborted ? signal.reason : error;
      if (!(reason instanceof AppError) || reason.code === "INTERRUPTED") throw reason;
      return { outcome: outcomeOfExit.get(reason.exit) ?? "unknown", message: reason.message };
    }
  }
}

/**
 * Argo CD loses the result of a comparison now and then: it writes what differs from a state of the Application that its
 * own cache has not caught up with. What looks wrong for this long is compared once more.
 */
const doubtMs = 2_000;

async function waitFor(
  asked: Asked,
  name: string,
  live: LiveApplications,
  argocd: ArgoCd,
  { clock, settleMs, report, signal }: SyncOptions,
): Promise<Verdict> {
  let succeeded = false;
  let stuckSince: number | undefined;
  let doubted = false;
  for (;;) {
    const application = live.find(name);
    if (application === undefined) return { outcome: "failed", message: "the Application was deleted" };
    const progress = judgeSync(application, asked, succeeded);
    if (progress.is === "settled") {
      return { outcome: "succeeded", message: application.health === "Suspended" ? "it is suspended" : "" };
    }
    if ("message" in progress) return { outcome: progress.is, message: progress.message };
    if (progress.is !== "earlier") report(progress.detail);
    succeeded ||= progress.is === "settling";
    stuckSince = progress.is !== "earlier" && progress.stuck ? (stuckSince ?? clock.now()) : undefined;
    const lasts = stuckSince === undefined ? -Infinity : clock.now() - stuckSince;
    if (lasts >= settleMs && progress.is !== "earlier") return stuck(progress, name);
    if (progress.is === "settling" && lasts >= doubtMs && !doubted) {
      doubted = true;
      await compareOnceMore(application, argocd, signal);
    }
    const limit = progress.is === "settling" && !doubted ? Math.min(doubtMs, settleMs) : settleMs;
    await changedWithin(limit - lasts, live, application, clock, signal);
  }
}

/** Asks for it only: where that fails, Argo CD compares again by itself, if later. */
async function compareOnceMore(application: Application, argocd: ArgoCd, signal: AbortSignal): Promise<void> {
  try {
    await argocd.requestRefresh(application, signal);
  } catch (error) {
    if (!(error instanceof AppError) || signal.aborted) throw error;
  }
}

/** Until the application is in another state, or the time is over. */
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

function stuck(
  { is, detail }: { readonly is: "running" | "settling"; readonly detail: string },
  name: string,
): Verdict {
  return is === "running"
    ? { outcome: "blocked", message: `${detail}; the request stays, and is done when the window lets it` }
    : {
        outcome: "failed",
        message: `the operation succeeded, but the application is ${detail} (gennet app tree ${name} shows more)`,
      };
}
