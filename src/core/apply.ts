import { formatDuration } from "./duration.ts";
import { AppError } from "./error.ts";
import { walk } from "./graph.ts";
import { type JournaledRun, type RunSettings, runStep, type StepProgress } from "./run.ts";
import { isCovered } from "./operation.ts";
import { detailsOf, summaryOf } from "./operation-text.ts";
import { poll } from "./poll.ts";
import { dueChange, isPending, type PlannedChange } from "./plan.ts";
import type { AnyResource, Difference, ResourceContext } from "./resource.ts";
import { nodeId, Outputs, type ResourceNode } from "./resource-graph.ts";
import { gotNoAnswer } from "./transient.ts";

export type StepOutcome = "changed" | "unchanged" | "blocked" | "deferred" | "failed" | "skipped";

export interface StepResult {
  /** Undefined for what belongs to the platform. */
  readonly region: string | undefined;
  /** The id of the resource. */
  readonly step: string;
  readonly title: string;
  readonly outcome: StepOutcome;
  /** What was done, or why not, for people. */
  readonly summary: string;
  readonly durationMs: number;
  readonly error?: AppError;
}

export interface Applied<W> {
  readonly results: readonly StepResult[];
  readonly outputs: Outputs<W>;
}

const resourcesAtOnce = 4;
const defaultPatienceMs = 15 * 60_000;
const firstPauseMs = 500;
const longestPauseMs = 15_000;

/**
 * Makes a plan's changes, each after a check that it still is what was planned. A resource that fails stops what needs
 * it; the others continue. Throws only what is no failure of a resource: an abort, a bug.
 */
export async function applyPlan<W>(
  nodes: readonly ResourceNode<W>[],
  changes: readonly PlannedChange[],
  run: JournaledRun,
  settings: RunSettings,
): Promise<Applied<W>> {
  const { clock, signal, report } = settings;
  const outputs = new Outputs<W>();
  const idOf = ({ region, step }: Pick<PlannedChange, "region" | "step">): string => nodeId(region, step);
  const planned = new Map(changes.map((change) => [idOf(change), change]));
  const results: StepResult[] = [];
  const places = new Set(nodes.map(({ region }) => region)).size;
  await walk(nodes, resourcesAtOnce * places, async (node, failedNeeds) => {
    const { region, resource } = node;
    const context = outputs.contextOf(node, signal);
    signal.throwIfAborted();
    const begun = clock.now();
    const { id, title } = resource;
    const end = (outcome: StepOutcome, summary: string, error?: AppError): void => {
      const durationMs = clock.now() - begun;
      const failed = error === undefined ? {} : { error };
      results.push({ region, step: id, title, outcome, summary, durationMs, ...failed });
      report({ region, step: id, state: stateOf[outcome], detail: summary, durationMs });
    };
    if (failedNeeds.length > 0) {
      // What waits only for what is deferred is deferred itself.
      const isDeferred = failedNeeds.every(
        (need) => results.find((result) => idOf(result) === need)?.outcome === "deferred",
      );
      const missing = node.needs.filter((need) => failedNeeds.includes(need.id));
      const names = missing.map((need) => (need.region === region ? need.resource.id : need.id));
      end(isDeferred ? "deferred" : "skipped", `waits for ${names.join(", ")}`);
      return false;
    }
    try {
      const done = await applyResource(node, planned.get(node.id), context, run, settings);
      const output = resource.output(done.actual);
      outputs.keep(node, output);
      end(done.outcome, done.summary);
      return output !== undefined;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      end("failed", error.message, error);
      return false;
    }
  });
  return { results, outputs };
}

const stateOf = {
  changed: "done",
  unchanged: "done",
  blocked: "failed",
  deferred: "skipped",
  failed: "failed",
  skipped: "skipped",
} as const satisfies Record<StepOutcome, StepProgress["state"]>;

interface Done {
  readonly outcome: "changed" | "unchanged" | "blocked" | "deferred";
  readonly summary: string;
  readonly actual: unknown;
}

async function applyResource<W>(
  { id, region, resource }: ResourceNode<W>,
  planned: PlannedChange | undefined,
  context: ResourceContext<W>,
  run: JournaledRun,
  settings: RunSettings,
): Promise<Done> {
  const actual = await resource.read(context);
  const difference = resource.diff(actual, context);
  const due = dueChange(resource, actual, difference);
  const summary = summaryOf(due);
  if (due.obstacle !== undefined) return { outcome: due.obstacle.kind, summary, actual };
  if (!isPending(due)) {
    const before = planned !== undefined && isPending(planned);
    return { outcome: "unchanged", summary: before ? "is done already" : summary, actual };
  }
  if (!isPartOf(planned, due)) throw drifted(resource.title, planned, due);
  const report: RunSettings["report"] = (progress) => settings.report({ ...progress, region });
  report({ step: resource.id, state: "running", detail: summary });
  const step = runStep(run, id, settings);
  if (isPending(difference)) await step.change(summary, () => resource.apply(actual, context));
  const settled = await untilReady(resource, context, { ...settings, report });
  await step.record({ event: "done" });
  return { outcome: "changed", summary, actual: settled };
}

/**
 * Reads until the resource is ready and nothing is left to do: what was just changed may take seconds to be visible. A
 * read that got no answer is repeated like any other: half an hour of waiting does not end with one lost connection.
 */
async function untilReady<W>(
  resource: AnyResource<W>,
  context: ResourceContext<W>,
  { clock, signal, report }: RunSettings,
): Promise<unknown> {
  return poll({
    look: async () => {
      const actual = await resource.read(context);
      const readiness = resource.ready(actual);
      if (readiness.state === "failed") throw failed(resource, readiness.reason);
      if (readiness.state === "waiting") return { waiting: readiness.detail };
      return isPending(resource.diff(actual, context)) ? { waiting: "not visible yet" } : { found: actual };
    },
    tolerates: gotNoAnswer,
    patienceMs: resource.patienceMs ?? defaultPatienceMs,
    firstPauseMs,
    longestPauseMs,
    report: (waiting, waited) =>
      report({ step: resource.id, state: "running", detail: `${waiting}, ${formatDuration(waited)}` }),
    late: (waiting, waited) => notReady(resource, waiting, waited),
    clock,
    signal,
  });
}

/** Whether everything that is due now is in the plan; it may be less than planned. What was not possible was not planned. */
export function isPartOf(planned: Difference | undefined, now: Difference): boolean {
  const possible = planned === undefined || planned.obstacle !== undefined ? [] : planned.operations;
  return now.operations.every((operation) => isCovered(operation, possible));
}

export function drifted(subject: string, planned: Difference | undefined, now: Difference): AppError {
  const inWords = (difference: Difference): string => [summaryOf(difference), ...detailsOf(difference)].join(", ");
  const before = planned === undefined ? "nothing" : inWords(planned);
  return new AppError("PLAN_DRIFTED", `${subject}: the plan is "${before}", but now it would be "${inWords(now)}".`, {
    next: ["gennet region plan  # shows what has to be done now"],
  });
}

function failed<W>({ title }: AnyResource<W>, reason: string): AppError {
  return new AppError("STEP_FAILED", `${title}: ${reason}`, {
    next: ["Fix the cause, then run the same command again: it resumes from here."],
  });
}

function notReady<W>({ title }: AnyResource<W>, detail: string, waited: number): AppError {
  return new AppError("STEP_NOT_READY", `${title}: still ${detail} after ${formatDuration(waited)}.`, {
    next: ["Run the same command again: it continues to wait from here."],
  });
}
