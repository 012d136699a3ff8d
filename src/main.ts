import { groups } from "./commands/groups.ts";
import { commands } from "./commands/index.ts";
import { createContext } from "./context.ts";
import { formatDuration } from "./core/duration.ts";
import { AppError, ReaderLeft } from "./core/error.ts";
import { exit, type Exit } from "./core/exit.ts";
import { unexplainedFileError } from "./core/file-error.ts";
import type { GlobalOptions } from "./core/global-flags.ts";
import type { Host } from "./host/host.ts";
import type { CommandTree, Request } from "./program.ts";
import type { Context } from "./context.ts";
import { writeFailure } from "./view/failure.ts";
import { requestedGroupHelp } from "./view/help.ts";
import { createRenderer } from "./view/renderer.ts";

/** How long a stopped command may take to clean up before gennet exits without it. */
const graceMs = 2_000;

/** Parses, runs and renders one command line. The only place that maps results and errors to an exit code. */
export async function main(
  argv: readonly string[],
  host: Host,
  tree: CommandTree<Context> = { commands, groups },
): Promise<Exit> {
  let output: GlobalOptions["output"] = "table";
  try {
    const help = requestedGroupHelp(argv, tree, host.stdout.columns);
    const request = help === undefined ? (await import("./program.ts")).parse(argv, tree, host) : { text: help };
    if ("error" in request) {
      output = request.output;
      throw request.error;
    }
    if ("text" in request) {
      host.stdout.write(request.text);
      await host.stdout.flush();
      return exit.ok;
    }
    output = request.globals.output;
    const code = await perform(request, host);
    await host.stdout.flush();
    return code;
  } catch (thrown) {
    const error = unexplainedFileError(thrown);
    if (!(error instanceof ReaderLeft)) writeFailure(error, host, output);
    return error instanceof AppError ? error.exit : exit.internal;
  }
}

async function perform(
  { command, input, globals }: Extract<Request<Context>, { command: unknown }>,
  host: Host,
): Promise<Exit> {
  const deadline = startDeadline(globals.timeout);
  const signal = AbortSignal.any([host.signal, deadline.signal]);
  const renderer = createRenderer(host, globals);
  const context = createContext(host, globals, signal, renderer);
  try {
    const module = await command.load();
    const outcome = await untilAborted(module.run(input as never, context), signal, host);
    await renderer.answer(outcome.document, module.present);
    return outcome.exit;
  } finally {
    deadline.stop();
    await renderer.close();
    await context.close();
  }
}

function startDeadline(timeoutMs: number | undefined): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController();
  if (timeoutMs === undefined) return { signal: controller.signal, stop: () => undefined };
  const timer = setTimeout(() => {
    controller.abort(
      new AppError("TIMED_OUT", `Not finished within --timeout ${formatDuration(timeoutMs)}.`, {
        next: ["Use a longer --timeout."],
      }),
    );
  }, timeoutMs);
  return { signal: controller.signal, stop: () => clearTimeout(timer) };
}

/**
 * Returns the result of the work. Once stopped, throws the reason for stopping instead of the errors that aborted
 * libraries throw, and does not wait longer than the grace period.
 */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal, host: Host): Promise<T> {
  const abandoned = new Promise<never>((_resolve, reject) => {
    const leave = (): void => {
      host.clock.sleep(graceMs).then(() => reject(signal.reason), reject);
    };
    if (signal.aborted) leave();
    else signal.addEventListener("abort", leave, { once: true });
  });
  try {
    return await Promise.race([work, abandoned]);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
