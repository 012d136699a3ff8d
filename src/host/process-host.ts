import { homedir } from "node:os";
import { addAbortSignal } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { isatty, type WriteStream } from "node:tty";
import { Interrupted } from "../core/error.ts";
import { exit } from "../core/exit.ts";
import type { Host, Terminal } from "./host.ts";

/** The host of a real process. A second signal ends it at once, for whoever has lost patience. */
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
    // Whoever read the answer has gone (`gennet status --watch | head`): there is nobody to work for.
    stdout: terminal(process.stdout, () => controller.abort(new Interrupted("a closed pipe"))),
    stderr: terminal(process.stderr, () => undefined),
    // Asking `process.stdin` opens it, which takes milliseconds.
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
  };
}

/** Ends the process once everything written has left it, whatever connections a library keeps open. */
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
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    onClosed();
  });
  return {
    stream,
    isTTY: Boolean(stream.isTTY),
    columns: stream.columns ?? 120,
    write: (text) => void stream.write(text),
  };
}
