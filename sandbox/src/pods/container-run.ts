import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** One run of a container; the first has number 0. */
export interface Run {
  readonly number: number;
  readonly state: "starting" | "running" | "ended";
  /** Of its first process, as this machine counts. */
  readonly pid?: number;
  /** Milliseconds since the epoch, as is the next. */
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly exitCode?: number;
  readonly signal?: number;
  /** Why its command could not be run at all. */
  readonly error?: string;
  /** What the container wrote into its termination message's file. */
  readonly message?: string;
}

/** Numbers of the runs that a container's folder holds, oldest first. */
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

/** A run as its shim wrote it down; without any word of it, it is still starting. */
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
    // The container runtimes' code for a command that cannot be run.
    ...(error === undefined ? {} : { error, exitCode: 128 }),
  };
}

/** What stands for a run whose shim was killed: the container went with it. */
export function lostRun(run: Run, now: number): Run {
  return { ...run, state: "ended", startedAt: run.startedAt ?? now, finishedAt: now, exitCode: 137, signal: 9 };
}
