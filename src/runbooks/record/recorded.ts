import type { Runbook, RunbookStep } from "../format/runbook.ts";
import type { Facts, JournalEntry } from "../../core/journal.ts";

export type StepState = "entered" | "done" | "failed" | "skipped" | "undone" | "stuck";

/** What the journal of a run has about a step, in the order in which steps were first entered. */
export interface RecordedStep {
  readonly name: string;
  readonly state: StepState;
  /** RFC 3339, UTC: of the last attempt. */
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly attempts: number;
  /** Why it failed or was skipped. */
  readonly what?: string;
  /** The results of its last attempt. */
  readonly result: Facts;
}

/** A question that was answered. */
export interface Decision {
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly step: string;
  readonly question: string;
  readonly answer: string;
  readonly author: string;
}

export interface Recorded {
  readonly steps: readonly RecordedStep[];
  readonly decisions: readonly Decision[];
  /** Values that steps left. */
  readonly values: ReadonlyMap<string, string>;
  readonly isUndoing: boolean;
}

/** Reads what the entries of one run say about its steps. */
export function recordedOf(entries: readonly JournalEntry[]): Recorded {
  const steps = new Map<string, RecordedStep>();
  const decisions: Decision[] = [];
  const values = new Map<string, string>();
  for (const entry of entries) {
    const { at, stage: name, event, what } = entry;
    if (name === undefined) continue;
    const before = steps.get(name);
    if (event === "stage") {
      steps.set(name, { name, state: "entered", startedAt: at, attempts: (before?.attempts ?? 0) + 1, result: {} });
    } else if (event === "note" && what === "decision") decisions.push(decisionOf(entry, name));
    else if (event === "note" && what === "value") values.set(text(entry, "name"), text(entry, "value"));
    else if (event === "note" && what === "result" && before !== undefined) {
      steps.set(name, { ...before, result: entry.facts ?? {} });
    } else if (isEnd(event)) {
      const from = before ?? { name, startedAt: at, attempts: 0, result: {} };
      // A step took as long as it took to do it, even if it was undone later.
      const endedAt = event === "undone" || event === "stuck" ? (before?.endedAt ?? at) : at;
      steps.set(name, { ...from, state: event, endedAt, ...(what === undefined ? {} : { what }) });
    }
  }
  return { steps: [...steps.values()], decisions, values, isUndoing: entries.some(({ event }) => event === "turn") };
}

/** Returns the steps that a resumed run has still to do: forwards, or the undo steps of what was started. */
export function stepsLeft(
  { steps }: Pick<Runbook, "steps">,
  recorded: Recorded,
  isUndo = false,
): readonly RunbookStep[] {
  const named = (states: readonly StepState[]): readonly string[] =>
    recorded.steps.filter(({ state }) => states.includes(state)).map(({ name }) => name);
  const over = named(["done", "skipped"]);
  const started = named(["done", "failed", "entered", "stuck"]);
  return steps.filter(
    ({ name, undoOf }) =>
      !over.includes(name) && (isUndo ? undoOf !== undefined && started.includes(undoOf) : undoOf === undefined),
  );
}

function isEnd(event: JournalEntry["event"]): event is Exclude<StepState, "entered"> {
  return ["done", "failed", "skipped", "undone", "stuck"].includes(event);
}

function decisionOf(entry: JournalEntry, step: string): Decision {
  const [question, answer, author] = ["question", "answer", "author"].map((name) => text(entry, name));
  return { at: entry.at, step, question: question ?? "", answer: answer ?? "", author: author ?? "" };
}

function text({ facts }: JournalEntry, name: string): string {
  const fact = facts?.[name];
  return typeof fact === "string" ? fact : "";
}
