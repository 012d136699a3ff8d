import type { SyncVerdict } from "./sync-options.ts";
import type { SyncOptions } from "./sync-options.ts";
import { AppError } from "../core/error.ts";
import { exit } from "../core/exit.ts";
import type { Application, ArgoCd } from "../k8s/argocd/port.ts";
import { followSync } from "./follow-sync.ts";
import type { LiveApplications } from "./live-applications.ts";
import { type Submission, submitSync } from "./submit-sync.ts";
import { continues, withdrawRequest } from "./operation-requests.ts";
import type { SyncOutcome, SyncedApplication } from "./sync-report.ts";

const outcomeOfExit: ReadonlyMap<number, SyncOutcome> = new Map([
  [exit.unhealthy, "failed"],
  [exit.denied, "denied"],
  [exit.timedOut, "timed-out"],
]);

/**
 * Syncs one Application and waits for the result. Returns every outcome; throws only if interrupted. In any case, a
 * request that the controller has not begun is withdrawn.
 */
export async function syncApplication(
  begun: Application,
  live: LiveApplications,
  argocd: ArgoCd,
  options: SyncOptions,
): Promise<SyncedApplication> {
  const { clock, signal, id, commands } = options;
  const startedAt = clock.now();
  const submission: Submission = { waitedMs: 0, written: false };
  const told = { detail: "" };
  const report = (detail: string): void => {
    if (detail !== told.detail) options.report(detail);
    told.detail = detail;
  };
  const verdict = await endOf(async () => {
    const asked = await submitSync(begun, live, argocd, { ...options, report }, submission);
    if ("outcome" in asked) return asked;
    return options.async
      ? { outcome: "requested", message: "" }
      : followSync(asked, begun.name, live, argocd, { ...options, report });
  });
  const last = live.find(begun.name) ?? begun;
  const state = last.last?.operation.id === id ? last.last : undefined;
  return {
    region: options.region,
    namespace: begun.namespace,
    name: begun.name,
    outcome: verdict.outcome,
    message: verdict.message,
    next: verdict.next ?? [],
    revisions: state?.revisions ?? [],
    sync: last.sync,
    health: last.health,
    ...(submission.behind === undefined ? {} : { behind: submission.behind }),
    queuedMs: submission.waitedMs,
    retries: state?.retries ?? 0,
    durationMs: clock.now() - startedAt,
  };

  async function endOf(work: () => Promise<SyncVerdict>): Promise<SyncVerdict> {
    try {
      const ended = await work();
      if (ended.outcome !== "blocked") return ended;
      const left = await rest();
      return { ...ended, message: withRest(ended.message, left === continues ? "" : left) };
    } catch (error) {
      const reason: unknown = signal.aborted ? signal.reason : error;
      const left = await rest();
      if (!(reason instanceof AppError) || reason.code === "INTERRUPTED") {
        if (left !== "") options.note(`${options.region}: ${begun.name}: ${left}`);
        throw reason;
      }
      const outcome = outcomeOfExit.get(reason.exit) ?? "unknown";
      const seen = outcome === "timed-out" && told.detail !== "" ? ` Last seen: ${told.detail}.` : "";
      return { outcome, message: withRest(`${reason.message}${seen}`, left), next: reason.next };
    }
  }

  /** Returns what happened to the request, if one was made. */
  async function rest(): Promise<string> {
    return submission.written ? withdrawRequest(live.find(begun.name), id, argocd, commands) : "";
  }
}

function withRest(message: string, left: string): string {
  if (left === "") return message;
  return message.endsWith(".") ? `${message.slice(0, -1)}; ${left}.` : `${message}; ${left}`;
}
