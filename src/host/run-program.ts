import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { eachLine } from "./each-line.ts";

export type OutputStream = "stdout" | "stderr";

export interface RunningProgram {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called with each line of standard output and standard error. */
  readonly onLine: (line: string, stream: OutputStream) => void;
  readonly signal: AbortSignal;
}

export interface EndedProgram {
  /** Undefined if it did not start, or was ended by a signal. */
  readonly exit: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams, as they came. */
  readonly output: string;
  /** Whether there was more output than is kept. */
  readonly isCut: boolean;
  readonly reason?: string;
}

/** More output is read to the end, but not kept. Only whole lines are kept: half a secret could not be recognised. */
const mostOutput = 8 << 20;
/** How long a program may take to end after SIGTERM. */
const graceMs = 5_000;
/** How long to read after the program has exited, in case a process that it started holds its output open. */
const outputGraceMs = 500;

/**
 * Runs a program without a shell and without standard input, in its own process group. When it has exited, or the signal
 * aborts, ends the whole group: what a script has started does not outlive its step, unless it has left the group.
 * Throws the signal's reason.
 */
export async function runProgram({ file, args, cwd, env, onLine, signal }: RunningProgram): Promise<EndedProgram> {
  signal.throwIfAborted();
  const kept = { stdout: "", stderr: "", output: "", isCut: false };
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
  const child = started(() =>
    spawn(file, args, { cwd, env: given, stdio: ["ignore", "pipe", "pipe"], detached: true }),
  );
  if ("code" in child) return { ...kept, exit: undefined, reason: `cannot run ${file}: ${child.code}` };
  let lines = 0;
  const read = (name: OutputStream): Promise<void> =>
    eachLine(child[name], mostOutput, (line, ending) => {
      lines++;
      const text = (line ?? "") + ending;
      kept.isCut ||= line === undefined || kept.output.length + text.length > mostOutput;
      if (!kept.isCut) {
        kept[name] += text;
        kept.output += text;
      }
      if (line !== undefined) onLine(line, name);
    });
  const closed = Promise.all([read("stdout"), read("stderr")]);
  const exited = exitOf(child);
  const end = (name: NodeJS.Signals): void => void signalGroup(child.pid, name);
  let force: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    end("SIGTERM");
    force = setTimeout(() => end("SIGKILL"), graceMs);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  // A kill of gennet itself is not seen by the group, so it is ended on the way out.
  const onExit = (): void => end("SIGTERM");
  process.once("exit", onExit);
  try {
    const result = await exited;
    await atMost(outputGraceMs, closed);
    await endGroup(child.pid);
    // What the program has written before its end may take longer to read.
    for (let seen = -1; seen !== lines && !signal.aborted;) {
      seen = lines;
      await atMost(outputGraceMs, closed);
    }
    // A process that has left the group may hold the output open for as long as it likes.
    child.stdout?.destroy();
    child.stderr?.destroy();
    await closed;
    signal.throwIfAborted();
    if (typeof result === "number") return { ...kept, exit: result };
    const reason = result instanceof Error ? `cannot run ${file}: ${codeOf(result)}` : `ended by ${result}`;
    return { ...kept, exit: undefined, reason };
  } finally {
    signal.removeEventListener("abort", onAbort);
    process.off("exit", onExit);
    clearTimeout(force);
  }
}

/** Node.js throws some errors of a program that cannot be started, such as arguments that are too long. */
function started(start: () => ChildProcess): ChildProcess | { readonly code: string } {
  try {
    return start();
  } catch (error) {
    return { code: codeOf(error) };
  }
}

/** Returns the exit code, the signal that ended it, or why it did not start. */
function exitOf(child: ChildProcess): Promise<number | NodeJS.Signals | Error> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve(code ?? signal ?? "SIGKILL"));
    child.once("error", resolve);
  });
}

/** Ends the processes of a group. Those that ignore SIGTERM get SIGKILL. */
async function endGroup(pid: number | undefined): Promise<void> {
  let isThere = signalGroup(pid, "SIGTERM");
  for (let waited = 0; isThere && waited < graceMs; waited += 50) {
    await delay(50);
    isThere = signalGroup(pid, 0);
  }
  if (isThere) signalGroup(pid, "SIGKILL");
}

/** Returns whether the group still has processes. */
function signalGroup(pid: number | undefined, signal: NodeJS.Signals | 0): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  await Promise.race([work, delay(ms, undefined, { signal: over.signal }).catch(() => undefined)]);
  over.abort();
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
