import { commands } from "./commands/index.ts";
import { createContext } from "./context.ts";
import { AppError } from "./core/error.ts";
import { exit, type Exit } from "./core/exit.ts";
import type { GlobalOptions } from "./core/global-flags.ts";
import type { Host } from "./host/host.ts";
import { parse } from "./program.ts";
import { writeFailure } from "./view/failure.ts";
import { createRenderer } from "./view/renderer.ts";

/**
 * Parses, runs and renders one command line. The only place where what happened becomes an exit code:
 * whatever is thrown on the way ends here.
 */
export async function main(argv: readonly string[], host: Host): Promise<Exit> {
  let globals: GlobalOptions | undefined;
  try {
    const request = parse(argv, commands, host);
    if ("text" in request) {
      host.stdout.write(request.text);
      return exit.ok;
    }
    globals = request.globals;
    const signal = deadline(host.signal, globals.timeout);
    const renderer = createRenderer(host, globals);
    const context = createContext(host, globals, signal, renderer.emit);
    try {
      const module = await request.command.load();
      const outcome = await untilAborted(module.run(request.input as never, context), signal);
      await renderer.answer(outcome.document, module.present);
      return outcome.exit;
    } finally {
      await renderer.close();
      await context.close();
    }
  } catch (error) {
    writeFailure(error, host, globals);
    return error instanceof AppError ? error.exit : exit.internal;
  }
}

function deadline(signal: AbortSignal, timeoutMs: number | undefined): AbortSignal {
  if (timeoutMs === undefined) return signal;
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(
      new AppError("TIMED_OUT", `Not done within --timeout (${timeoutMs} ms).`, {
        next: ["Run the same command again, with a longer --timeout."],
      }),
    );
  }, timeoutMs);
  timer.unref();
  return AbortSignal.any([signal, controller.signal]);
}

/** A library that was aborted throws an error of its own; what counts is why we aborted it. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await work;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
