import type { Readable } from "node:stream";

export interface RunningProgram {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called with each line of standard output and standard error. */
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface EndedProgram {
  /** Undefined if it did not start, or was ended by a signal. */
  readonly exit: number | undefined;
  readonly stdout: string;
  /** Both streams, as they came. */
  readonly output: string;
  readonly reason?: string;
}

/** More output than this is cut: it is read to the end, but not kept. */
const mostOutput = 8 << 20;
const longestLine = 64 << 10;
const graceMs = 5_000;

/**
 * Runs a program without a shell and without standard input, in its own process group. When the signal aborts, ends the
 * whole group: what a script has started does not outlive its step. Throws the signal's reason.
 */
export async function runProgram({ file, args, cwd, env, onLine, signal }: RunningProgram): Promise<EndedProgram> {
  signal.throwIfAborted();
  const { execa } = await import("execa");
  const child = execa(file, args, {
    cwd,
    env: Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)),
    extendEnv: false,
    stdin: "ignore",
    buffer: false,
    reject: false,
    detached: true,
  });
  const { pid } = child;
  const end = (name: "SIGTERM" | "SIGKILL"): void => {
    if (pid === undefined) return;
    try {
      process.kill(-pid, name);
    } catch {
      // The group has ended already.
    }
  };
  let force: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    end("SIGTERM");
    force = setTimeout(() => end("SIGKILL"), graceMs);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  // A kill of gennet itself is not seen by the group, so it is ended on the way out.
  const onExit = (): void => end("SIGTERM");
  process.once("exit", onExit);
  const kept = { stdout: "", output: "" };
  try {
    const lines = (stream: Readable | null, isStdout: boolean): Promise<void> =>
      eachLine(stream, (line, ending) => {
        if (isStdout && kept.stdout.length < mostOutput) kept.stdout += line + ending;
        if (kept.output.length < mostOutput) kept.output += line + ending;
        onLine(line);
      });
    const [result] = await Promise.all([child, lines(child.stdout, true), lines(child.stderr, false)]);
    signal.throwIfAborted();
    if (result.exitCode !== undefined) return { ...kept, exit: result.exitCode };
    const reason =
      result.signal === undefined
        ? `cannot run ${file}: ${result.code ?? result.shortMessage}`
        : `ended by ${result.signal}`;
    return { ...kept, exit: undefined, reason };
  } finally {
    signal.removeEventListener("abort", onAbort);
    process.off("exit", onExit);
    clearTimeout(force);
    // Background processes of a script keep its output open only while they run.
    end("SIGTERM");
  }
}

async function eachLine(stream: Readable | null, take: (line: string, ending: string) => void): Promise<void> {
  if (stream === null) return;
  stream.setEncoding("utf8");
  let rest = "";
  for await (const chunk of stream as AsyncIterable<string>) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line, "\n");
    if (rest.length > longestLine) {
      take(rest, "");
      rest = "";
    }
  }
  if (rest !== "") take(rest, "");
}
