import { AppError } from "../../core/error.ts";
import { leaseMs } from "./lease-terms.ts";

/** Who works: `ana@laptop` and the number of the process. */
export interface LeaseHolder {
  readonly user: string;
  readonly process: number;
}

/** What the object of a lease contains. Its times are for people; no decision depends on them. */
export interface LeaseRecord extends LeaseHolder {
  /** Unique each time that a lease is taken. */
  readonly id: string;
  /** RFC 3339, UTC, by the clock of the holder, like the other times. */
  readonly since: string;
  /** Makes each heartbeat another text, and so another ETag. */
  readonly beat: number;
  readonly beatAt: string;
  readonly expires: string;
}

export function newRecord(id: string, { user, process }: LeaseHolder, now: number): LeaseRecord {
  return { id, user, process, since: at(now), beat: 0, beatAt: at(now), expires: at(now + leaseMs) };
}

export function nextBeat(record: LeaseRecord, now: number): LeaseRecord {
  return { ...record, beat: record.beat + 1, beatAt: at(now), expires: at(now + leaseMs) };
}

export function recordText(record: LeaseRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** Returns what a lease contains; a text that is none has an unknown holder. */
export function parseRecord(text: string): Partial<LeaseRecord> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

/** Returns `ana@laptop (process 4711, since 2026-01-02T03:04:05Z)`. */
export function holderIn({ user = "an unknown holder", process, since }: Partial<LeaseRecord>): string {
  const details = [
    process === undefined ? [] : `process ${process}`,
    since === undefined ? [] : `since ${since}`,
  ].flat();
  return details.length === 0 ? user : `${user} (${details.join(", ")})`;
}

export function busy(what: string, record: Partial<LeaseRecord>): AppError {
  return new AppError("JOURNAL_BUSY", `Another gennet process is working on ${what}: ${holderIn(record)}.`, {
    next: [
      "Wait for it to finish, then run the command again.",
      `If it was killed, run the command again as well: it takes the lease over ${leaseMs / 1000}s after the last heartbeat.`,
    ],
  });
}

export function lostTo(what: string, record: Partial<LeaseRecord>): AppError {
  return new AppError("JOURNAL_LOST", `Another gennet process took over the work on ${what}: ${holderIn(record)}.`, {
    next: ["Wait for it to finish, then run the command again."],
  });
}

/** The lease may be another process's by now. */
export function notRenewed(what: string): AppError {
  return new AppError("JOURNAL_LOST", `The lease of ${what} could not be renewed in time, so the run stopped.`, {
    next: ["Check the network, then run the same command again: it resumes from here."],
  });
}

function at(ms: number): string {
  return new Date(ms).toISOString();
}
