import { drifted, isPartOf } from "./drift.ts";
import { dueOf, isPending } from "./due.ts";
import { formatDuration } from "./duration.ts";
import { AppError } from "./error.ts";
import { goalOf } from "./goal.ts";
import { appearedSince, type Operation } from "./operation.ts";
import { summaryOf } from "./operation-text.ts";
import type { PlannedChange } from "./plan.ts";
import { poll } from "./poll.ts";
import type { AnyResource, Difference, Readiness, ResourceContext } from "./resource.ts";
import type { ResourceNode } from "./resource-graph.ts";
import { type JournaledRun, type RunSettings, runStep } from "./run.ts";
import { gotNoAnswer } from "./transient.ts";

export interface AppliedResource {
  readonly outcome: "changed" | "unchanged" | "blocked" | "deferred";
  readonly summary: string;
  readonly actual: unknown;
  /** What ends an obstacle, if that is known. */
  readonly next?: readonly string[];
}

const defaultPatienceMs = 15 * 60_000;
const firstPauseMs = 500;
const defaultLongestPauseMs = 15_000;

/**
 * Makes one resource as desired, or removes it, and waits until that is done. Throws PLAN_DRIFTED if that is not what
 * was planned, STEP_FAILED, STEP_NOT_READY, and the errors of the resource.
 */
export async function applyResource<W>(
  node: ResourceNode<W>,
  planned: PlannedChange | undefined,
  context: ResourceContext<W>,
  run: JournaledRun,
  settings: RunSettings,
): Promise<AppliedResource> {
  const { id, region, resource } = node;
  const goal = goalOf(node);
  const actual = await resource.read(context);
  const due = dueOf(node, actual, context);
  const summary = summaryIn(due, planned, node);
  if (due.obstacle !== undefined) {
    const { kind: outcome, next } = due.obstacle;
    return { outcome, summary, actual, ...(next === undefined ? {} : { next }) };
  }
  if (!isPending(due)) {
    const before = planned !== undefined && isPending(planned);
    return { outcome: "unchanged", summary: before ? "is done already" : summary, actual };
  }
  if (!isPartOf(planned, due)) throw drifted(resource.title, planned, due);
  const report: RunSettings["report"] = (progress) => settings.report({ ...progress, region });
  report({ step: resource.id, state: "running", detail: summary });
  const step = runStep(run, id, settings);
  if (isPending(goal.diff(actual, context))) await step.change(summary, () => goal.apply(actual, context));
  const settled = await untilReached(node, context, { ...settings, report });
  await step.record({ event: "done" });
  return { outcome: "changed", summary, actual: settled };
}

/**
 * Reads until the resource is ready, or gone, and nothing is left to do: what was just changed may take seconds to be
 * visible. A read that got no answer is repeated like any other: half an hour of waiting does not end with one lost
 * connection.
 */
async function untilReached<W>(
  node: ResourceNode<W>,
  context: ResourceContext<W>,
  { clock, signal, report }: RunSettings,
): Promise<unknown> {
  const { resource } = node;
  const goal = goalOf(node);
  let helps: readonly string[] = [];
  return poll({
    look: async () => {
      const actual = await resource.read(context);
      const readiness = goal.reached(actual);
      if (readiness.state === "failed") throw failed(resource, readiness);
      helps = readiness.state === "waiting" ? (readiness.next ?? []) : [];
      if (readiness.state === "waiting") {
        await goal.remind(actual, context);
        return { waiting: readiness.detail };
      }
      const left = goal.diff(actual, context);
      // What was just changed and cannot be read now is not known to be as desired.
      if (left.obstacle !== undefined) return { waiting: left.obstacle.reason };
      return isPending(left) ? { waiting: "not visible yet" } : { found: actual };
    },
    tolerates: gotNoAnswer,
    patienceMs: resource.patienceMs ?? defaultPatienceMs,
    firstPauseMs,
    longestPauseMs: resource.longestPauseMs ?? defaultLongestPauseMs,
    report: (waiting, waited) =>
      report({ step: resource.id, state: "running", detail: `${waiting}, ${formatDuration(waited)}` }),
    late: (waiting, waited) => notReached(resource, waiting, waited, helps),
    clock,
    signal,
  });
}

/** Returns a line for people. What is deleted, too, although the plan could not know it, is always named. */
function summaryIn<W>(due: Difference, planned: PlannedChange | undefined, { wanted }: ResourceNode<W>): string {
  const isLater = (operation: Operation): boolean => appearedSince(planned?.operations ?? [], operation);
  const foreseen = due.operations.filter((operation) => !isLater(operation));
  const summary = summaryOf({ ...due, operations: foreseen, ...(wanted ? {} : { removes: true }) });
  const later = due.operations.filter(isLater).map(({ target }) => target);
  return later.length === 0 ? summary : `${summary}; also ${later.join(", ")}, which appeared after the plan was made`;
}

function failed<W>(
  { title }: AnyResource<W>,
  { reason, next = [] }: Extract<Readiness, { readonly state: "failed" }>,
): AppError {
  return new AppError("STEP_FAILED", `${title}: ${reason}`, {
    next: [...next, "Fix the cause, then run the same command again: it resumes from here."],
  });
}

function notReached<W>({ title }: AnyResource<W>, detail: string, waited: number, helps: readonly string[]): AppError {
  return new AppError("STEP_NOT_READY", `${title}: still ${detail} after ${formatDuration(waited)}.`, {
    next: [...helps, "Run the same command again: it continues to wait from here."],
  });
}
