import { type Context, createContext } from "./context.ts";
import { formatDuration } from "./core/duration.ts";
import { AppError } from "./core/error.ts";
import type { Exit } from "./core/exit.ts";
import type { Host } from "./host/host.ts";
import type { Request } from "./program.ts";
import { createRenderer } from "./view/renderer.ts";

/** How long a stopped command may take to clean up before gennet exits without it. */
const graceMs = 2_000;

/** Runs a command that was parsed, and renders its answer. */
export async function perform(
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
