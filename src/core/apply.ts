import type { Clock } from "./clock.ts";
import { formatDuration } from "./duration.ts";
import { AppError } from "./error.ts";
import { exit } from "./exit.ts";
import { walk } from "./graph.ts";
import { isPending, type Plan, pendingChange, type PlannedChange } from "./plan.ts";
import { type AnyStep, type At, type Change, placeAt } from "./step.ts";

export type StepOutcome = "changed" | "unchanged" | "blocked" | "deferred" | "failed" | "skipped";

export interface StepResult {
  readonly step: string;
  readonly title: string;
  readonly outcome: StepOutcome;
  /** What was done, or why not. */
  readonly summary: string;
  readonly durationMs: number;
  readonly error?: AppError;
}

export interface Progress {
  readonly step: string;
  readonly state: "running" | "done" | "skipped" | "failed";
  readonly detail?: string;
  readonly durationMs?: number;
}

export interface ApplySettings {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly report: (progress: Progress) => void;
}

const stepsAtOnce = 4;
const defaultPatienceMs = 15 * 60_000;
const firstPauseMs = 500;
const longestPauseMs = 15_000;

/**
 * Makes a plan's changes, each after a look whether it still is what the plan says. A step that fails stops what
 * needs it; the others continue. Throws only what is no failure of a step: an abort, a bug.
 */
export async function applyPlan<W>(
  steps: readonly AnyStep<W>[],
  plan: Plan,
  world: W,
  settings: ApplySettings,
): Promise<readonly StepResult[]> {
  const { clock, signal, report } = settings;
  const at = placeAt(world, signal);
  const planned = new Map(plan.changes.map((change) => [change.step, change]));
  const results: StepResult[] = [];
  await walk(steps, stepsAtOnce, async (step, failedNeeds) => {
    signal.throwIfAborted();
    const begun = clock.now();
    const end = (outcome: StepOutcome, summary: string, error?: AppError): void => {
      const durationMs = clock.now() - begun;
      const failed = error === undefined ? {} : { error };
      results.push({ step: step.id, title: step.title, outcome, summary, durationMs, ...failed });
      report({ step: step.id, state: stateOf[outcome], detail: summary, durationMs });
    };
    if (failedNeeds.length > 0) {
      // What waits only for what is deferred is deferred itself.
      const isDeferred = failedNeeds.every((id) => results.find((each) => each.step === id)?.outcome === "deferred");
      end(isDeferred ? "deferred" : "skipped", `waits for ${failedNeeds.join(", ")}`);
      return false;
    }
    try {
      const done = await applyStep(step, planned.get(step.id), at, settings);
      const output = step.output(done.actual);
      at.keep(step, output);
      end(done.outcome, done.summary);
      return output !== undefined;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      end("failed", error.message, error);
      return false;
    }
  });
  return results;
}

const stateOf = {
  changed: "done",
  unchanged: "done",
  blocked: "failed",
  deferred: "skipped",
  failed: "failed",
  skipped: "skipped",
} as const satisfies Record<StepOutcome, Progress["state"]>;

interface Done {
  readonly outcome: "changed" | "unchanged" | "blocked" | "deferred";
  readonly summary: string;
  readonly actual: unknown;
}

async function applyStep<W>(
  step: AnyStep<W>,
  planned: PlannedChange | undefined,
  at: At<W>,
  settings: ApplySettings,
): Promise<Done> {
  const actual = await step.read(at);
  const wanted = step.diff(actual, at);
  const change = pendingChange(wanted, step.ready(actual));
  if (change.action === "none") {
    const before = planned !== undefined && isPending(planned);
    return { outcome: "unchanged", summary: before ? "is done already" : change.summary, actual };
  }
  if (change.action === "blocked" || change.action === "deferred") {
    return { outcome: change.action, summary: change.summary, actual };
  }
  refuseDrift(step, planned, change);
  settings.report({ step: step.id, state: "running", detail: change.summary });
  if (isPending(wanted)) await step.apply(actual, at);
  const settled = await untilReady(step, at, settings);
  return { outcome: "changed", summary: change.summary, actual: settled };
}

/**
 * Reads until the step is ready and nothing is left to do: what was just changed may take seconds to be visible. A read
 * that got no answer is repeated like any other: half an hour of waiting does not end with one lost connection.
 */
async function untilReady<W>(step: AnyStep<W>, at: At<W>, { clock, signal, report }: ApplySettings): Promise<unknown> {
  const begun = clock.now();
  const patience = step.patienceMs ?? defaultPatienceMs;
  for (let pause = firstPauseMs; ; pause = Math.min(pause * 1.6, longestPauseMs)) {
    const seen = await look(step, at);
    if ("settled" in seen) return seen.settled;
    const waited = clock.now() - begun;
    if (waited >= patience) throw seen.error ?? notReady(step, seen.detail, waited);
    report({ step: step.id, state: "running", detail: `${seen.detail}, ${formatDuration(waited)}` });
    await clock.sleep(pause, signal);
  }
}

type Look = { readonly settled: unknown } | { readonly detail: string; readonly error?: AppError };

async function look<W>(step: AnyStep<W>, at: At<W>): Promise<Look> {
  let actual: unknown;
  try {
    actual = await step.read(at);
  } catch (error) {
    at.signal.throwIfAborted();
    if (!isPassing(error)) throw error;
    return { detail: error.message, error };
  }
  const readiness = step.ready(actual);
  if (readiness.state === "failed") throw failed(step, readiness.reason);
  if (readiness.state === "ready" && !isPending(step.diff(actual, at))) return { settled: actual };
  return { detail: readiness.state === "waiting" ? readiness.detail : "not visible yet" };
}

/** No answer, or a server that is overloaded or failing: the next try may get one. */
function isPassing(error: unknown): error is AppError {
  return error instanceof AppError && (error.exit === exit.unreachable || error.exit === exit.timedOut);
}

function refuseDrift<W>(step: AnyStep<W>, planned: PlannedChange | undefined, now: Change): void {
  if (planned === undefined || !isPartOf(planned, now)) throw drifted(step.title, planned, now);
}

export function drifted(subject: string, planned: Change | undefined, now: Change): AppError {
  const inWords = ({ summary, details }: Change): string => [summary, ...details].join(", ");
  const before = planned === undefined ? "nothing" : inWords(planned);
  return new AppError("PLAN_DRIFTED", `${subject}: the plan says "${before}", but now it would be "${inWords(now)}".`, {
    next: ["gennet region plan  # shows what has to be done now"],
  });
}

/**
 * Whether a change that is due now is in the plan. It may be less than planned: an earlier, killed run may have done
 * a part, and what is there may not have been readable when the plan was made.
 */
export function isPartOf(planned: Change, now: Change): boolean {
  const noMore = now.details.every((detail) => planned.details.includes(detail));
  if (now.action === "create") return planned.action === "create" && noMore;
  return planned.action === "create" || noMore;
}

function failed<W>(step: AnyStep<W>, reason: string): AppError {
  return new AppError("STEP_FAILED", `${step.title}: ${reason}`, {
    next: ["Fix the cause, then run the same command again: it resumes from here."],
  });
}

function notReady<W>(step: AnyStep<W>, detail: string, waited: number): AppError {
  return new AppError("STEP_NOT_READY", `${step.title}: still ${detail} after ${formatDuration(waited)}.`, {
    next: ["Run the same command again: it continues to wait from here."],
  });
}
