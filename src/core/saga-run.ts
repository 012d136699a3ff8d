import { AppError } from "./error.ts";
import { type ErrorCode, errorCodes } from "./error-codes.ts";
import type { Facts, Journal, JournalEntry } from "./journal.ts";

/** A run of a saga, new or as its journal tells of it. */
export interface SagaRun {
  readonly id: string;
  /** What the run must still know after a kill: written when it began. */
  readonly facts: Facts;
  /** The stages that were entered. */
  readonly entered: readonly string[];
  /** Why it is rolled back; absent while it goes forwards. */
  readonly failure?: AppError;
}

export async function beginRun(journal: Journal, id: string, facts: Facts): Promise<SagaRun> {
  await journal.write({ run: id, event: "begin", facts });
  return { id, facts, entered: [] };
}

/** The journal's last run, where it is unfinished: killed, interrupted, or stuck. */
export function unfinishedRun({ entries }: Pick<Journal, "entries">): SagaRun | undefined {
  const begin = entries.findLast((entry) => entry.event === "begin");
  if (begin === undefined) return undefined;
  const mine = entries.filter((entry) => entry.run === begin.run);
  if (mine.some((entry) => entry.event === "end")) return undefined;
  const turn = mine.find((entry) => entry.event === "turn");
  return {
    id: begin.run,
    facts: begin.facts ?? {},
    entered: [...new Set(mine.flatMap((entry) => (entry.event === "stage" && entry.stage ? [entry.stage] : [])))],
    ...(turn === undefined ? {} : { failure: failureOf(turn) }),
  };
}

/** Ends an unfinished run as it is: what it has changed stays, and is left to a person. */
export async function acceptRun(journal: Journal, { id }: SagaRun): Promise<void> {
  await journal.write({ run: id, event: "end", what: "accepted" });
}

/** Turns an unfinished run round, at a person's wish. */
export async function turnBack(journal: Journal, run: SagaRun, failure: AppError): Promise<SagaRun> {
  if (run.failure !== undefined) return run;
  await journal.write({ run: run.id, event: "turn", what: failure.message, facts: { code: failure.code } });
  return { ...run, failure };
}

function failureOf({ what, facts }: JournalEntry): AppError {
  const code = facts?.["code"];
  const next = facts?.["next"];
  const known: ErrorCode = typeof code === "string" && code in errorCodes ? (code as ErrorCode) : "SAGA_STAGE_UNPROVEN";
  return new AppError(known, what ?? "", Array.isArray(next) ? { next: next as readonly string[] } : {});
}
