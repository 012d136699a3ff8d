import { exit } from "../../core/exit.ts";
import { endRun } from "../../core/run.ts";
import type { Runbook, RunbookStep } from "../format/runbook.ts";
import { ended, type RunbookEnd, stoppedAt } from "./runbook-end.ts";
import type { StepRunner } from "./step-runner.ts";

/** Undoes the steps that have begun a change, the last one first. Continues an undo that was interrupted. */
export async function undoRunbook({ steps }: Pick<Runbook, "steps">, runner: StepRunner): Promise<RunbookEnd> {
  const { run, world } = runner;
  const before = runner.recorded();
  if (!before.isUndoing) {
    await run.journal.write({ run: run.id, event: "turn", what: `Undo requested by ${world.author}.` });
  }
  const changed = before.steps.filter(({ name, state }) => state !== "undone" && runner.hasChanged(name));
  for (const { name } of changed.toReversed()) {
    const original = steps.find((step) => step.name === name && step.undoOf === undefined);
    const reverse = steps.filter(({ undoOf }) => undoOf === name);
    if (original === undefined || reverse.length === 0) continue;
    const stopped = await undoStep(original, reverse, runner);
    if (stopped !== undefined) return stopped;
  }
  await endRun(run, "undone");
  return ended(runner, "undone", exit.ok);
}

/** Does the undo steps of a step. Returns where that stopped, if it did. */
async function undoStep(
  original: RunbookStep,
  reverse: readonly RunbookStep[],
  runner: StepRunner,
): Promise<RunbookEnd | undefined> {
  for (const step of reverse) {
    const state = runner.stateOf(step);
    if (state === "done" || state === "skipped" || (await runner.isSkipped(step))) continue;
    const doubt = await runner.doubtAbout(step);
    if (doubt === "stop") return stoppedAt(runner, "stopped", exit.interrupted, step, "its result is unknown");
    if (doubt === "done") continue;
    const done = await runner.perform(step);
    if (done.exit === exit.ok) continue;
    if (done.isDeclined === true) return stoppedAt(runner, "stopped", done.exit, step, done.summary);
    await runner.entryOf(original).record({ event: "stuck", what: done.summary });
    return stoppedAt(runner, "stuck", done.exit, step, done.summary);
  }
  await runner.entryOf(original).record({ event: "undone" });
  return undefined;
}
