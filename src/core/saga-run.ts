import { AppError } from "./error.ts";
import { type ErrorCode, errorCodes } from "./error-codes.ts";
import type { Facts, Journal, JournalEntry } from "./journal.ts";
import { beginRun, endRun, openRun, type JournaledRun } from "./run.ts";

/** A run of a saga, new or as its journal shows it. */
export interface SagaRun extends JournaledRun {
  /** The stages that were entered. */
  readonly entered: readonly string[];
  /** Why it is rolled back; absent while it goes forwards. */
  readonly failure?: AppError;
}

export async function beginSaga(journal: Journal, id: string, facts: Facts): Promise<SagaRun> {
  return { ...(await beginRun(journal, id, facts)), entered: [] };
}

/** Returns the journal's last run if it is unfinished. */
export function unfinishedRun(journal: Journal): SagaRun | undefined {
  const open = openRun(journal);
  if (open === undefined) return undefined;
  const { run, entries } = open;
  const turn = entries.find((entry) => entry.event === "turn");
  return {
    ...run,
    entered: [...new Set(entries.flatMap((entry) => (entry.event === "stage" && entry.stage ? [entry.stage] : [])))],
    ...(turn === undefined ? {} : { failure: failureOf(turn) }),
  };
}

/** Ends an unfinished run as it is: what it has changed stays, and is left to a person. */
export async function acceptRun(run: SagaRun): Promise<void> {
  await endRun(run, "accepted");
}

/** Makes an unfinished run roll back, because a person wants it. */
export async function turnBack(run: SagaRun, failure: AppError): Promise<SagaRun> {
  if (run.failure !== undefined) return run;
  const { id, journal } = run;
  await journal.write({ run: id, event: "turn", what: failure.message, facts: { code: failure.code } });
  return { ...run, failure };
}

function failureOf({ what, facts }: JournalEntry): AppError {
  const code = facts?.["code"];
  const next = facts?.["next"];
  const known: ErrorCode = typeof code === "string" && code in errorCodes ? (code as ErrorCode) : "SAGA_STAGE_UNPROVEN";
  return new AppError(known, what ?? "", Array.isArray(next) ? { next: next as readonly string[] } : {});
}
