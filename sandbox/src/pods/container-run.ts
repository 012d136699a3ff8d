import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** One run of a container; the first has number 0. */
export interface Run {
  readonly number: number;
  readonly state: "starting" | "running" | "ended";
  /** The host's pid of its first process. */
  readonly pid?: number;
  /** In milliseconds since the epoch, like the next field. */
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly exitCode?: number;
  readonly signal?: number;
  /** Why its command could not be run. */
  readonly error?: string;
  /** What the container wrote to its termination message file. */
  readonly message?: string;
}

/** Returns the numbers of the runs in a container's folder, oldest first. */
export async function runNumbers(folder: string): Promise<readonly number[]> {
  const entries = await readdir(folder).catch(() => []);
  return entries
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .sort((a, b) => a - b);
}

interface ShimStatus {
  readonly pid?: number;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly exitCode?: number;
  readonly signal?: number;
  readonly error?: string;
}

/** Reads a run as its shim recorded it; without a record, it is still starting. */
export async function readRun(folder: string, number: number): Promise<Run> {
  const text = await readFile(join(folder, String(number), "status.json"), "utf8").catch(() => undefined);
  if (text === undefined) return { number, state: "starting" };
  return toRun(number, JSON.parse(text) as ShimStatus);
}

function toRun(number: number, { pid, startedAt, finishedAt, exitCode, signal, error }: ShimStatus): Run {
  return {
    number,
    state: finishedAt === undefined ? "running" : "ended",
    ...(pid === undefined ? {} : { pid }),
    ...(startedAt === undefined ? {} : { startedAt: Date.parse(startedAt) }),
    ...(finishedAt === undefined ? {} : { finishedAt: Date.parse(finishedAt) }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
    // The exit code that container runtimes use for a command that cannot be run.
    ...(error === undefined ? {} : { error, exitCode: 128 }),
  };
}

/** Returns the result of a run whose shim was killed: the container ended with it. */
export function lostRun(run: Run, now: number): Run {
  return { ...run, state: "ended", startedAt: run.startedAt ?? now, finishedAt: now, exitCode: 137, signal: 9 };
}
