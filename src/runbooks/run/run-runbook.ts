import { exit, type Exit } from "../../core/exit.ts";
import type { Finding } from "../../core/finding.ts";
import { endRun, type JournaledRun, runStep } from "../../core/run.ts";
import { conditionText, holds } from "../format/condition.ts";
import type { Runbook, RunbookStep } from "../format/runbook.ts";
import { type Recorded, recordedOf, type StepState } from "../record/recorded.ts";
import type { Values } from "../values.ts";
import { type Consent, decide } from "./confirm.ts";
import { performStep, type PerformedStep } from "./perform-step.ts";
import type { RunbookWorld } from "./world.ts";

export type RunbookOutcome = "done" | "failed" | "stopped" | "over" | "undone" | "stuck";

export interface RunbookEnd {
  /** `failed` and `stopped` can be resumed; `over`: ended by an answer; `stuck`: the undo could not be finished. */
  readonly outcome: RunbookOutcome;
  /** What the failing step's exit code means. */
  readonly exit: Exit;
  /** The step at which it stopped, and why. */
  readonly at?: { readonly step: string; readonly summary: string };
  readonly findings: readonly Finding[];
}

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
  const forth = runbook.steps.filter(({ undoOf }) => undoOf === undefined);
  const findings = new Map<string, readonly Finding[]>();
  const recorded = (): Recorded => recordedOf(run.journal.entries.filter((entry) => entry.run === run.id));
  const values = (): Values => new Map([...given, ...recorded().values]);
  const stepOf = (step: RunbookStep) =>
    runStep(run, step.name, { clock: world.clock, signal, report: () => undefined });
  const ended = (outcome: RunbookOutcome, code: Exit, at?: RunbookEnd["at"]): RunbookEnd => ({
    outcome,
    exit: code,
    ...(at === undefined ? {} : { at }),
    findings: [...findings.values()].flat(),
  });

  const perform = async (step: RunbookStep): Promise<PerformedStep> => {
    const at = stepOf(step);
    const number = runbook.steps.indexOf(step) + 1;
    world.say(
      `${number}/${runbook.steps.length} ${step.name} (${step.kind})${step.heading === undefined ? "" : `: ${step.heading}`}`,
    );
    await world.beforeStep?.(step.name);
    await at.enter();
    const { attempts = 1 } = recorded().steps.find(({ name }) => name === step.name) ?? {};
    const kept = `${String(number).padStart(2, "0")}-${step.name}${attempts > 1 ? `-${attempts}` : ""}.log`;
    const raw = await performStep(step, runbook, values(), at, kept, options, world, signal);
    const done = { ...raw, summary: world.redact(raw.summary) };
    for (const [name, value] of done.values) await at.note("value", { name, value });
    await at.note("result", { ...done.facts, summary: done.summary });
    findings.set(step.name, done.findings ?? []);
    const isDone = done.exit === exit.ok;
    await at.record(isDone ? { event: "done" } : { event: "failed", what: done.summary });
    world.say(`  ${isDone ? "✔" : "✖"} ${done.summary}`);
    return done;
  };

  const skip = async (step: RunbookStep, why: string): Promise<void> => {
    await stepOf(step).record({ event: "skipped", what: why });
    world.say(`  - ${step.name}: skipped: ${why}`);
  };

  const stateOf = ({ name }: RunbookStep): StepState | undefined =>
    recorded().steps.find((step) => step.name === name)?.state;
  const isSkipped = async (step: RunbookStep): Promise<boolean> => {
    if (step.when === undefined || holds(step.when, values().get(step.when.left))) return false;
    await skip(step, `${conditionText(step.when)} does not hold`);
    return true;
  };
  const inDoubtAt = ({ name }: RunbookStep): RunbookEnd =>
    ended("stopped", exit.interrupted, { step: name, summary: "its result is unknown" });

  /** Undoes the steps that were entered, the last one first. */
  const undo = async (): Promise<RunbookEnd> => {
    const before = recorded();
    if (!before.isUndoing)
      await run.journal.write({ run: run.id, event: "turn", what: `Undo requested by ${world.author}.` });
    const changed = before.steps.filter(({ name, state }) => state !== "undone" && hasChanged(run, name));
    for (const { name } of changed.toReversed()) {
      const original = forth.find((step) => step.name === name);
      const reverse = runbook.steps.filter(({ undoOf }) => undoOf === name);
      if (original === undefined || reverse.length === 0) continue;
      for (const step of reverse) {
        const state = stateOf(step);
        if (state === "done" || state === "skipped") continue;
        if (await isSkipped(step)) continue;
        const doubt = await inDoubt(step);
        if (doubt === "stopped") return inDoubtAt(step);
        if (doubt === "done") continue;
        const done = await perform(step);
        if (done.exit === exit.ok) continue;
        await stepOf(original).record({ event: "stuck", what: done.summary });
        const at = { step: step.name, summary: done.summary };
        return ended(done.isDeclined === true ? "stopped" : "stuck", done.exit, at);
      }
      await stepOf(original).record({ event: "undone" });
    }
    await endRun(run, "undone");
    return ended("undone", exit.ok);
  };

  /** Returns what to do with a step that was started by a process that was killed; undefined if it may simply run. */
  const inDoubt = async (step: RunbookStep): Promise<"done" | "stopped" | undefined> => {
    if (stateOf(step) !== "entered" || step.reads || !isChanging(run, step)) return undefined;
    world.say(`  ${step.name} was started, and its result is unknown: the run was killed.`);
    if (step.isSafe) return undefined;
    const answer = await choose(step, `What about ${step.name}?`, {
      again: "run it again",
      done: "it was done: continue with the next step",
      stop: "stop here",
    });
    if (answer === "done") await stepOf(step).record({ event: "done", what: "confirmed by a person after a kill" });
    return answer === "again" ? undefined : answer === "done" ? "done" : "stopped";
  };
  const choose = async <T extends string>(
    step: RunbookStep,
    question: string,
    choices: Readonly<Record<T, string>>,
  ): Promise<T | "stop"> => {
    if (world.person === undefined) return "stop";
    const offered = Object.entries<string>(choices).map(([value, says]) => ({ value, says }));
    const answer = await world.person.choice(question, offered, signal);
    await decide(stepOf(step), question, choices[answer as T], world.author);
    return answer as T;
  };

  if (options.undo || recorded().isUndoing) return undo();
  let skipping = options.fromStep !== undefined;
  for (const step of forth) {
    if (step.name === options.fromStep) skipping = false;
    for (;;) {
      const state = stateOf(step);
      if (state === "done" || state === "skipped") break;
      if (skipping) {
        await skip(step, "before --from-step");
        break;
      }
      if (await isSkipped(step)) break;
      if (step.kind === "ask" && recorded().values.has(step.name)) {
        // Killed between the answer and the end of the step.
        await stepOf(step).record({ event: "done" });
        break;
      }
      const doubt = await inDoubt(step);
      if (doubt === "stopped") return inDoubtAt(step);
      if (doubt === "done") break;
      const done = await perform(step);
      if (done.exit === exit.ok) break;
      const at = { step: step.name, summary: done.summary };
      if (done.isOver === true) {
        await endRun(run, "stopped");
        return ended("over", exit.interrupted, at);
      }
      if (done.isDeclined === true) return ended("stopped", exit.interrupted, at);
      const answer = await choose(step, `${step.name} failed: ${done.summary}`, {
        retry: "run the step again",
        continue: "continue with the next step",
        undo: "undo what was done",
        stop: "stop here; the run can be resumed",
      });
      if (answer === "stop") return ended("failed", done.exit, at);
      if (answer === "undo") return undo();
      if (answer === "continue") await skip(step, `continued by ${world.author} after it failed`);
    }
  }
  await endRun(run, "done");
  return ended("done", exit.ok);
}

function hasChanged({ id, journal }: JournaledRun, name: string): boolean {
  return journal.entries.some((entry) => entry.run === id && entry.stage === name && entry.event === "change");
}

/** A step that was entered, but had not begun its change, was interrupted while it asked. */
function isChanging({ id, journal }: JournaledRun, { name }: RunbookStep): boolean {
  const last = journal.entries.findLast((entry) => entry.run === id && entry.stage === name && entry.event !== "note");
  return last?.event === "change";
}
