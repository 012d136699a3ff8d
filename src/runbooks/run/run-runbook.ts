import { exit } from "../../core/exit.ts";
import { endRun, type JournaledRun } from "../../core/run.ts";
import type { Runbook, RunbookStep } from "../format/runbook.ts";
import type { Values } from "../values.ts";
import type { Consent } from "./confirm.ts";
import { ended, type RunbookEnd, stoppedAt } from "./runbook-end.ts";
import { type StepRunner, stepRunner } from "./step-runner.ts";
import { undoRunbook } from "./undo-runbook.ts";
import type { RunbookWorld } from "./world.ts";

export interface RunbookOptions extends Consent {
  /** The first step to run; the ones before it are skipped. */
  readonly fromStep?: string;
  /** Undoes what was done instead of continuing. */
  readonly undo: boolean;
}

/**
 * Does the steps of a runbook that its journal does not show as done. Stops at the first step that fails, and leaves a
 * run that can be resumed or undone. An abort or a bug is thrown, and leaves the same.
 */
export async function runRunbook(
  runbook: Runbook,
  run: JournaledRun,
  given: Values,
  options: RunbookOptions,
  world: RunbookWorld,
  signal: AbortSignal,
): Promise<RunbookEnd> {
  const runner = stepRunner(runbook, run, given, options, world, signal);
  if (options.undo || runner.recorded().isUndoing) return undoRunbook(runbook, runner);
  const forth = runbook.steps.filter(({ undoOf }) => undoOf === undefined);
  let isBefore = options.fromStep !== undefined;
  for (const step of forth) {
    if (step.name === options.fromStep) isBefore = false;
    const stopped = isBefore ? await leaveOut(step, runner) : await advance(step, runbook, runner);
    if (stopped !== undefined) return stopped;
  }
  await endRun(run, "done");
  return ended(runner, "done", exit.ok);
}

async function leaveOut(step: RunbookStep, runner: StepRunner): Promise<undefined> {
  if (!isOver(step, runner)) await runner.skip(step, "before --from-step");
}

function isOver(step: RunbookStep, runner: StepRunner): boolean {
  const state = runner.stateOf(step);
  return state === "done" || state === "skipped";
}

/** Gets a step over with, as often as a person wants to retry it. Returns where the run stops, if it does. */
async function advance(step: RunbookStep, runbook: Runbook, runner: StepRunner): Promise<RunbookEnd | undefined> {
  while (!isOver(step, runner)) {
    if (await runner.isSkipped(step)) return undefined;
    if (step.kind === "ask" && runner.recorded().values.has(step.name)) {
      // Killed between the answer and the end of the step.
      await runner.entryOf(step).record({ event: "done" });
      return undefined;
    }
    const doubt = await runner.doubtAbout(step);
    if (doubt === "stop") return stoppedAt(runner, "stopped", exit.interrupted, step, "its result is unknown");
    if (doubt === "done") return undefined;
    const done = await runner.perform(step);
    if (done.exit === exit.ok) return undefined;
    if (done.isOver === true) {
      await endRun(runner.run, "stopped");
      return stoppedAt(runner, "over", exit.interrupted, step, done.summary);
    }
    if (done.isDeclined === true) return stoppedAt(runner, "stopped", exit.interrupted, step, done.summary);
    const answer = await runner.choose(step, `${step.name} failed: ${done.summary}`, {
      retry: "run the step again",
      continue: "continue with the next step",
      undo: "undo what was done",
      stop: "stop here; the run can be resumed",
    });
    if (answer === "stop") return stoppedAt(runner, "failed", done.exit, step, done.summary);
    if (answer === "undo") return undoRunbook(runbook, runner);
    if (answer === "continue") await runner.skip(step, `continued by ${runner.world.author} after it failed`);
  }
  return undefined;
}
