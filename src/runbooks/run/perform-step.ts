import { formatDuration } from "../../core/duration.ts";
import { AppError } from "../../core/error.ts";
import { exit } from "../../core/exit.ts";
import type { Finding } from "../../core/finding.ts";
import type { RunStep } from "../../core/run.ts";
import type { Runbook, RunbookStep } from "../format/runbook.ts";
import { filledText, type Values } from "../values.ts";
import { type Consent, decide, isConfirmed } from "./confirm.ts";
import { runCheckStep } from "./run-check-step.ts";
import { runProgramStep, type StepEnd } from "./run-program-step.ts";
import { callOf, regionOf, shownCall } from "./step-command.ts";
import type { RunbookWorld } from "./world.ts";

export interface PerformedStep extends StepEnd {
  readonly findings?: readonly Finding[];
  /** Whether a person said no. */
  readonly isDeclined?: boolean;
  /** Whether the answer was to end the run. */
  readonly isOver?: boolean;
}

const nothing = { values: new Map<string, string>(), facts: {} } as const;

/** Does one step, and returns how it ended. Throws only an abort or a bug. */
export async function performStep(
  step: RunbookStep,
  runbook: Runbook,
  values: Values,
  at: RunStep,
  kept: string,
  consent: Consent,
  world: RunbookWorld,
  signal: AbortSignal,
): Promise<PerformedStep> {
  try {
    switch (step.kind) {
      case "ask":
        return await ask(step, values, at, world, signal);
      case "approve": {
        const question = world.redact(filledText(step.body, values));
        const isYes = await isConfirmed(step, question, at, consent, world, signal);
        return isYes ? { exit: exit.ok, summary: "approved", ...nothing } : declined("not approved");
      }
      case "wait":
        return await wait(step, at, world, signal);
      case "check":
        return await runCheckStep(step, regionOf(runbook, values) ?? "", values, world, signal);
      default: {
        const call = callOf(step, runbook, values, world);
        const shown = world.redact(shownCall(step, call));
        for (const line of shown.split("\n")) world.say(`  $ ${line}`);
        if (
          !(await isConfirmed(
            step,
            `Run ${step.name}? ${shown.replaceAll(/\s*\n\s*/g, " ⏎ ")}`,
            at,
            consent,
            world,
            signal,
          ))
        )
          return declined("not confirmed");
        const work = (): Promise<StepEnd> => runProgramStep(step, call, kept, world, signal);
        if (!step.reads) return await at.change(shown, work);
        await at.note("reads", { command: shown });
        return await work();
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    // Ctrl-C at a prompt arrives as an error, and interrupts the run.
    if (!(error instanceof AppError) || error.exit === exit.interrupted) throw error;
    return { exit: error.exit, summary: error.message, ...nothing };
  }
}

function declined(summary: string): PerformedStep {
  return { exit: exit.interrupted, summary, ...nothing, isDeclined: true };
}

async function ask(
  { name, body, choices }: RunbookStep,
  values: Values,
  at: RunStep,
  world: RunbookWorld,
  signal: AbortSignal,
): Promise<PerformedStep> {
  const question = world.redact(filledText(body, values));
  const given = values.get(name);
  if (given === undefined && world.person === undefined) {
    throw new AppError("RUNBOOK_NOT_SAFE", `In non-interactive mode, no one can answer: ${name}.`, {
      next: [`Answer with --input ${name}=VALUE.`],
    });
  }
  const answer =
    given ??
    (choices.length === 0
      ? await world.person?.text(question, signal)
      : await world.person?.choice(
          question,
          choices.map((value) => ({ value })),
          signal,
        )) ??
    "";
  if (choices.length > 0 && !choices.includes(answer)) {
    const message = `${name}: ${JSON.stringify(answer)} is invalid: expected one of ${choices.join(", ")}.`;
    return { exit: exit.usage, summary: message, ...nothing };
  }
  await decide(at, question, answer, given === undefined ? world.author : `${world.author} (--input)`);
  if (choices.length > 0 && answer === "stop") {
    return { exit: exit.interrupted, summary: "stopped by the answer", ...nothing, isOver: true };
  }
  return { exit: exit.ok, summary: answer, values: new Map([[name, answer]]), facts: {} };
}

/** The end of a wait is in the journal, so that a killed run does not begin it again. */
async function wait(
  { name, timeoutMs = 0 }: RunbookStep,
  at: RunStep,
  world: RunbookWorld,
  signal: AbortSignal,
): Promise<PerformedStep> {
  const begun = at.noted(`wait ${name}`)?.["until"];
  const until = typeof begun === "number" ? begun : world.clock.now() + timeoutMs;
  if (begun === undefined) await at.note(`wait ${name}`, { until });
  const left = until - world.clock.now();
  if (left > 0) world.say(`  waiting for ${formatDuration(left)}`);
  if (left > 0) await world.clock.sleep(left, signal);
  return { exit: exit.ok, summary: `waited for ${formatDuration(timeoutMs)}`, ...nothing };
}
