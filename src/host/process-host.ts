import { homedir, hostname, userInfo } from "node:os";
import { addAbortSignal } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { isatty, type WriteStream } from "node:tty";
import { AppError, Interrupted, ReaderLeft } from "../core/error.ts";
import { exit } from "../core/exit.ts";
import { reasonOf } from "../core/file-error.ts";
import type { Host, Terminal } from "./host.ts";

/** The host of a real process. A second signal ends it immediately, for impatient users. */
export function processHost(): Host {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) leaveAtOnce();
      controller.abort(new Interrupted(name === "SIGINT" ? "Ctrl-C" : name));
    });
  }
  return {
    env: process.env,
    cwd: process.cwd(),
    home: process.env["HOME"] ?? homedir(),
    // The reader has closed the pipe (`gennet status -o ndjson | head`), so there is no reason to continue.
    stdout: terminal(process.stdout, () => controller.abort(new ReaderLeft())),
    // If standard error is not writable, there is nowhere left to report it.
    stderr: terminal(process.stderr, () => undefined),
    // Accessing `process.stdin` opens it, which takes milliseconds.
    interactive: isatty(0) && isatty(2),
    clock: {
      now: () => Date.now(),
      sleep: async (ms, signal) => {
        await delay(ms, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
          signal?.throwIfAborted();
          throw error;
        });
      },
    },
    signal: controller.signal,
    input: async (signal) => {
      const chunks: Buffer[] = [];
      for await (const chunk of addAbortSignal(signal, process.stdin)) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks).toString("utf8");
    },
    prompts: async () => (await import("./inquirer-prompts.ts")).inquirerPrompts(),
    run: async (program) => (await import("./run-program.ts")).runProgram(program),
    self: [process.execPath, ...process.argv.slice(1, 2)],
    user: () => `${userName()}@${hostname()}`,
  };
}

/** A user without an entry in the system's list, as in many containers, has only a number. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "unknown");
  }
}

/** Ends the process once all output is written, whatever connections a library keeps open. */
export function endProcess(exit: number): void {
  process.exitCode = exit;
  process.stdout.write("", () => process.stderr.write("", () => process.exit()));
}

function leaveAtOnce(): never {
  const showCursor = "\u001b[?25h";
  if (process.stderr.isTTY) process.stderr.write(showCursor);
  process.exit(exit.interrupted);
}

function terminal(stream: WriteStream, onClosed: () => void): Terminal {
  let failure: Error | undefined;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") onClosed();
    else failure ??= error;
  });
  return {
    stream,
    isTTY: Boolean(stream.isTTY),
    // A terminal that does not know its width reports 0.
    columns: stream.columns || 120,
    write: (text) => void stream.write(text),
    flush: async () => {
      // The error of a write is emitted after its callback.
      await new Promise<void>((resolve) => stream.write("", () => setImmediate(resolve)));
      if (failure === undefined) return;
      throw new AppError("OUTPUT_UNWRITABLE", `The answer cannot be written: ${reasonOf(failure)}.`, {
        next: ["gennet explain OUTPUT_UNWRITABLE"],
        cause: failure,
      });
    },
  };
}
