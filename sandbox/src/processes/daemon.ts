import { spawn } from "node:child_process";
import { open } from "node:fs/promises";
import type { Clock } from "../../../src/core/clock.ts";
import { catalogue } from "../programs/catalogue.ts";
import type { ProcessEntry, ProcessTable } from "./process-table.ts";

/** What is remembered of a process that was started: enough never to take another one for it. */
export interface StartedProcess {
  readonly pid: number;
  readonly started: string;
  /** RFC 3339. */
  readonly startedAt: string;
  /** How many times this sandbox has started it, this one included. */
  readonly starts: number;
}

export interface Launch {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Its working folder; ours where there is none. */
  readonly cwd?: string;
  readonly log: string;
}

/** How components are started, by their ids. */
export type Launches = readonly (readonly [id: string, launch: Omit<Launch, "log">])[];

/** Starts a process that outlives us, in its own session, so that Ctrl-C at a terminal does not reach it. */
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

export function isAlive(
  table: ReadonlyMap<number, ProcessEntry>,
  known: Pick<StartedProcess, "pid" | "started"> | undefined,
): ProcessEntry | undefined {
  const entry = known === undefined ? undefined : table.get(known.pid);
  return entry?.started === known?.started ? entry : undefined;
}

const graceMs = 4_000;
const pollMs = 100;

/**
 * Ends processes for good: TERM, and KILL for what is still there after four seconds. It is not cut short by
 * Ctrl-C: what is half ended is worse than what runs. Answers the pids that even KILL did not end.
 */
export async function endProcesses(
  entries: readonly ProcessEntry[],
  table: ProcessTable,
  clock: Clock,
): Promise<readonly number[]> {
  return sendUntilGone(["SIGTERM", "SIGKILL"], entries, table, clock);
}

/** Ends processes as a crash would: none of them can do anything about it. Answers the pids that are still there. */
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
 * Processes that work below `folder`, by their command lines: ours that have a path of it among their arguments, and
 * all that were started by a path of it. It finds what was started but not yet written down when gennet was killed;
 * a person's `tail` on a log is not among them.
 */
export function processesIn(table: ReadonlyMap<number, ProcessEntry>, folder: string): readonly ProcessEntry[] {
  return [...table.values()].filter(({ args }) => {
    const program = args[0] ?? "";
    if (program.startsWith(`${folder}/`)) return true;
    return isOurs(program.split("/").at(-1) ?? "", args) && args.join(" ").includes(`${folder}/`);
  });
}

/** A runtime of pods is a gennet; any other gennet is a command that the user runs. */
function isOurs(program: string, args: readonly string[]): boolean {
  return ours.has(program) || /^python[\d.]*$/.test(program) || (program === "node" && args.includes("pods"));
}
