import type { Clock } from "./clock.ts";
import { AppError } from "./error.ts";
import type { Facts, Journal, JournalEntry, JournalNote } from "./journal.ts";
import { poll } from "./poll.ts";
import { isTransient } from "./transient.ts";

/** What a step of a run reports while it works. */
export interface StepProgress {
  /** Undefined for a step that belongs to no single region. */
  readonly region?: string | undefined;
  readonly step: string;
  readonly state: "running" | "done" | "skipped" | "failed";
  readonly detail?: string;
  readonly durationMs?: number;
}

export interface RunSettings {
  readonly clock: Clock;
  /** Aborts on Ctrl-C, and when the lease of the journal is lost. */
  readonly signal: AbortSignal;
  readonly report: (progress: StepProgress) => void;
}

/** Work that changes the world, with its journal. Reconciling, sagas and runbooks are policies on top of it. */
export interface JournaledRun {
  readonly id: string;
  /** What the run must still know after a kill, written when it began. */
  readonly facts: Facts;
  readonly journal: Journal;
}

export async function beginRun(journal: Journal, id: string, facts: Facts): Promise<JournaledRun> {
  await journal.write({ run: id, event: "begin", facts });
  return { id, facts, journal };
}

export async function endRun({ id, journal }: JournaledRun, what: string): Promise<void> {
  await journal.write({ run: id, event: "end", what });
}

/** Returns the entries of one run. */
export function entriesOf({ entries }: Pick<Journal, "entries">, id: string): readonly JournalEntry[] {
  return entries.filter((entry) => entry.run === id);
}

/** Returns the last run of a journal with its entries, unless it has ended: it was killed, interrupted, or is stuck. */
export function openRun(
  journal: Journal,
): { readonly run: JournaledRun; readonly entries: readonly JournalEntry[] } | undefined {
  const begin = journal.entries.findLast((entry) => entry.event === "begin");
  if (begin === undefined) return undefined;
  const entries = entriesOf(journal, begin.run);
  if (entries.some((entry) => entry.event === "end")) return undefined;
  return { run: { id: begin.run, facts: begin.facts ?? {}, journal }, entries };
}

const firstPauseMs = 1_000;
const longestPauseMs = 15_000;

/** One step of a run: what it does is in the journal before it happens. */
export interface RunStep {
  enter(): Promise<void>;
  /** Writes to the journal that a change is coming, then makes it. */
  change<T>(what: string, work: () => Promise<T>): Promise<T>;
  /** Records what was seen, for a later step or process. */
  note(what: string, facts: Facts): Promise<void>;
  /** Returns what this run noted last under this name. */
  noted(what: string): Facts | undefined;
  record(note: Omit<JournalNote, "run" | "stage">): Promise<void>;
  report(detail: string): void;
  /** Repeats work that may be called at any time while its errors may pass. Returns the AppError that ended it, if any. */
  persist(
    work: () => Promise<void>,
    patienceMs: number,
    late: (waiting: string) => AppError,
  ): Promise<AppError | undefined>;
}

export function runStep(run: JournaledRun, step: string, { clock, signal, report }: RunSettings): RunStep {
  const { id, journal } = run;
  const record: RunStep["record"] = (note) => journal.write({ run: id, stage: step, ...note });
  const running = (detail: string): void => report({ step, state: "running", detail });
  return {
    enter: async () => {
      signal.throwIfAborted();
      await record({ event: "stage" });
      report({ step, state: "running" });
    },
    change: async (what, work) => {
      signal.throwIfAborted();
      await record({ event: "change", what });
      return work();
    },
    note: (what, facts) => record({ event: "note", what, facts }),
    noted: (what) =>
      journal.entries.findLast((each) => each.run === id && each.event === "note" && each.what === what)?.facts,
    record,
    report: running,
    persist: async (work, patienceMs, late) => {
      try {
        return await poll({
          look: async () => ({ found: await work().then(() => undefined) }),
          tolerates: isTransient,
          patienceMs,
          firstPauseMs,
          longestPauseMs,
          report: (waiting) => running(`${waiting} Trying again.`),
          late,
          clock,
          signal,
        });
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof AppError) return error;
        throw error;
      }
    },
  };
}
