import { exit } from "../../core/exit.ts";
import type { Finding } from "../../core/finding.ts";
import { entriesOf, type JournaledRun, type RunStep, runStep } from "../../core/run.ts";
import { conditionText, holds } from "../format/condition.ts";
import type { Runbook, RunbookStep } from "../format/runbook.ts";
import { type Recorded, recordedOf, type StepState } from "../record/recorded.ts";
import type { Values } from "../values.ts";
import { type Consent, decide } from "./confirm.ts";
import { performStep, type PerformedStep } from "./perform-step.ts";
import type { RunbookWorld } from "./world.ts";

/** What running and undoing have in common: single steps, with their entries in the journal. */
export interface StepRunner {
  readonly run: JournaledRun;
  readonly world: RunbookWorld;
  /** What the journal has about the run so far. */
  recorded(): Recorded;
  stateOf(step: RunbookStep): StepState | undefined;
  entryOf(step: RunbookStep): RunStep;
  /** Whether a step has begun a change. */
  hasChanged(name: string): boolean;
  /** Does a step, and writes how it ended. */
  perform(step: RunbookStep): Promise<PerformedStep>;
  skip(step: RunbookStep, why: string): Promise<void>;
  /** Skips a step whose condition does not hold, and returns whether it did. */
  isSkipped(step: RunbookStep): Promise<boolean>;
  /**
   * Returns what to do with a step that was started by a process that was killed: `run` it, or take it as `done`, or
   * `stop` here, as a person decides.
   */
  doubtAbout(step: RunbookStep): Promise<"run" | "done" | "stop">;
  /** Lets a person choose; `stop` where no one can be asked. */
  choose<T extends string>(
    step: RunbookStep,
    question: string,
    choices: Readonly<Record<T, string>>,
  ): Promise<T | "stop">;
  /** What the last checks found. */
  findings(): readonly Finding[];
}

export function stepRunner(
  runbook: Runbook,
  run: JournaledRun,
  given: Values,
  consent: Consent,
  world: RunbookWorld,
  signal: AbortSignal,
): StepRunner {
  const findings = new Map<string, readonly Finding[]>();
  const entries = () => entriesOf(run.journal, run.id);
  const recorded = (): Recorded => recordedOf(entries());
  const values = (): Values => new Map([...given, ...recorded().values]);
  const stateOf = ({ name }: RunbookStep): StepState | undefined =>
    recorded().steps.find((step) => step.name === name)?.state;
  const entryOf = ({ name }: RunbookStep): RunStep =>
    runStep(run, name, { clock: world.clock, signal, report: () => undefined });
  const skip = async (step: RunbookStep, why: string): Promise<void> => {
    await entryOf(step).record({ event: "skipped", what: why });
    world.say(`  - ${step.name}: skipped: ${why}`);
  };
  const choose: StepRunner["choose"] = async (step, question, choices) => {
    if (world.person === undefined) return "stop";
    type Choice = keyof typeof choices;
    const offered = Object.entries<string>(choices).map(([value, says]) => ({ value, says }));
    const answer = (await world.person.choice(question, offered, signal)) as Choice;
    await decide(entryOf(step), question, choices[answer], world.author);
    return answer;
  };
  return {
    run,
    world,
    recorded,
    stateOf,
    entryOf,
    hasChanged: (name) => entries().some(({ stage, event }) => stage === name && event === "change"),
    perform: async (step) => {
      const at = entryOf(step);
      const number = runbook.steps.indexOf(step) + 1;
      const heading = step.heading === undefined ? "" : `: ${step.heading}`;
      world.say(`${number}/${runbook.steps.length} ${step.name} (${step.kind})${heading}`);
      await world.beforeStep?.(step.name);
      await at.enter();
      const { attempts = 1 } = recorded().steps.find(({ name }) => name === step.name) ?? {};
      const kept = `${String(number).padStart(2, "0")}-${step.name}${attempts > 1 ? `-${attempts}` : ""}.log`;
      const raw = await performStep(step, runbook, values(), at, kept, consent, world, signal);
      const done = { ...raw, summary: world.redact(raw.summary) };
      for (const [name, value] of done.values) await at.note("value", { name, value });
      await at.note("result", { ...done.facts, summary: done.summary });
      findings.set(step.name, done.findings ?? []);
      const isDone = done.exit === exit.ok;
      await at.record(isDone ? { event: "done" } : { event: "failed", what: done.summary });
      world.say(`  ${isDone ? "✔" : "✖"} ${done.summary}`);
      return done;
    },
    skip,
    isSkipped: async (step) => {
      if (step.when === undefined || holds(step.when, values().get(step.when.left))) return false;
      await skip(step, `${conditionText(step.when)} does not hold`);
      return true;
    },
    doubtAbout: async (step) => {
      // A step that was entered, but had not begun its change, was interrupted while it asked.
      const last = entries().findLast(({ stage, event }) => stage === step.name && event !== "note");
      if (step.reads || last?.event !== "change") return "run";
      world.say(`  ${step.name} was started, and its result is unknown: the run was killed.`);
      if (step.isSafe) return "run";
      const answer = await choose(step, `What about ${step.name}?`, {
        run: "run it again",
        done: "it was done: continue with the next step",
        stop: "stop here",
      });
      if (answer === "done") await entryOf(step).record({ event: "done", what: "confirmed by a person after a kill" });
      return answer;
    },
    choose,
    findings: () => [...findings.values()].flat(),
  };
}
