import { spawn } from "node:child_process";
import { open } from "node:fs/promises";
import type { Clock } from "../../../src/core/clock.ts";
import { catalogue } from "../programs/catalogue.ts";
import type { ProcessEntry, ProcessTable } from "./process-table.ts";

/** What is recorded about a started process: enough never to mistake another one for it. */
export interface StartedProcess {
  readonly pid: number;
  readonly started: string;
  /** RFC 3339. */
  readonly startedAt: string;
  /** How many times this sandbox has started it, including this time. */
  readonly starts: number;
}

export interface Launch {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Its working folder; that of this process by default. */
  readonly cwd?: string;
  readonly log: string;
}

/** How components are started, by their ids. */
export type Launches = readonly (readonly [id: string, launch: Omit<Launch, "log">])[];

/** Starts a process that outlives this one, in its own session, so that Ctrl-C in a terminal does not reach it. */
export async function startDaemon(
  launch: Launch,
  table: ProcessTable,
  clock: Clock,
): Promise<Omit<StartedProcess, "starts">> {
  const log = await open(launch.log, "a", 0o600);
  try {
    const child = spawn(launch.file, launch.args, {
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
      env: launch.env,
      ...(launch.cwd === undefined ? {} : { cwd: launch.cwd }),
    });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", reject);
    });
    child.unref();
    const pid = child.pid as number;
    return { pid, started: (await table()).get(pid)?.started ?? "", startedAt: new Date(clock.now()).toISOString() };
  } finally {
    await log.close();
  }
}

export function findRunning(
  table: ReadonlyMap<number, ProcessEntry>,
  known: Pick<StartedProcess, "pid" | "started"> | undefined,
): ProcessEntry | undefined {
  const entry = known === undefined ? undefined : table.get(known.pid);
  return entry?.started === known?.started ? entry : undefined;
}

const graceMs = 4_000;
const pollMs = 100;

/**
 * Ends processes: TERM, and KILL for those still running after four seconds. Ctrl-C does not interrupt it, because a
 * half-ended sandbox is worse than a running one. Returns the pids that even KILL did not end.
 */
export async function endProcesses(
  entries: readonly ProcessEntry[],
  table: ProcessTable,
  clock: Clock,
): Promise<readonly number[]> {
  return sendUntilGone(["SIGTERM", "SIGKILL"], entries, table, clock);
}

/** Kills processes like a crash would, without a chance to react. Returns the pids that are still running. */
export async function killProcesses(
  entries: readonly ProcessEntry[],
  table: ProcessTable,
  clock: Clock,
): Promise<readonly number[]> {
  return sendUntilGone(["SIGKILL"], entries, table, clock);
}

async function sendUntilGone(
  signals: readonly NodeJS.Signals[],
  entries: readonly ProcessEntry[],
  table: ProcessTable,
  clock: Clock,
): Promise<readonly number[]> {
  let left = entries;
  for (const signal of signals) {
    for (const entry of left) kill(entry.pid, signal);
    const deadline = clock.now() + graceMs;
    for (;;) {
      const now = await table();
      left = left.filter((entry) => now.get(entry.pid)?.started === entry.started);
      if (left.length === 0) return [];
      if (clock.now() >= deadline) break;
      await clock.sleep(pollMs);
    }
  }
  return left.map((entry) => entry.pid);
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

const ours = new Set([...Object.values(catalogue).flatMap(Object.keys), "go", "compile", "link", "asm"]);

/**
 * Returns processes below `folder`, by their command lines: gennet's programs with a path of it among their arguments,
 * and all programs started from a path in it. It finds processes that were started but not recorded when gennet was
 * killed; a user's `tail` of a log is not included.
 */
export function processesIn(table: ReadonlyMap<number, ProcessEntry>, folder: string): readonly ProcessEntry[] {
  return [...table.values()].filter(({ args }) => {
    const program = args[0] ?? "";
    if (program.startsWith(`${folder}/`)) return true;
    return isOurs(program.split("/").at(-1) ?? "", args) && args.join(" ").includes(`${folder}/`);
  });
}

/** A pod runtime is a gennet process; any other one is a command of the user. */
function isOurs(program: string, args: readonly string[]): boolean {
  return ours.has(program) || /^python[\d.]*$/.test(program) || (program === "node" && args.includes("pods"));
}
