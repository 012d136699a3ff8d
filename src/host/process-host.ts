import { homedir } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { WriteStream } from "node:tty";
import { Interrupted } from "../core/error.ts";
import type { Host, Terminal } from "./host.ts";

/** The host of a real process. A second signal ends it at once, for whoever has lost patience. */
export function processHost(): Host {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort(new Interrupted(name === "SIGINT" ? "Ctrl-C" : name));
    });
  }
  return {
    env: process.env,
    cwd: process.cwd(),
    home: process.env["HOME"] ?? homedir(),
    stdout: terminal(process.stdout),
    stderr: terminal(process.stderr),
    interactive: Boolean(process.stdin.isTTY && process.stderr.isTTY),
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
    prompts: async () => (await import("./inquirer-prompts.ts")).inquirerPrompts(),
  };
}

function terminal(stream: WriteStream): Terminal {
  // The reader may have gone (`gennet status | head`): nobody is left to tell, and that is no failure of ours.
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  return {
    stream,
    isTTY: Boolean(stream.isTTY),
    columns: stream.columns ?? 120,
    write: (text) => void stream.write(text),
  };
}
