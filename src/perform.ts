import { type Context, createContext } from "./context.ts";
import { formatDuration } from "./core/duration.ts";
import { AppError, Interrupted, ReaderLeft } from "./core/error.ts";
import type { Exit } from "./core/exit.ts";
import { resumes } from "./core/resumes.ts";
import { shell } from "./core/shell-words.ts";
import type { Host } from "./host/host.ts";
import type { Request } from "./program.ts";
import { createRenderer } from "./view/renderer.ts";

/** How long a stopped command may take to clean up before gennet exits without it. */
const graceMs = 2_000;

/** Runs a command that was parsed from `argv`, and renders its answer. */
export async function perform(
  { command, input, globals }: Extract<Request<Context>, { command: unknown }>,
  argv: readonly string[],
  host: Host,
): Promise<Exit> {
  const deadline = startDeadline(globals.timeout);
  const signal = AbortSignal.any([host.signal, deadline.signal]);
  const renderer = createRenderer(host, globals);
  let isResumable = false;
  const resumable = (): void => void (isResumable = true);
  const context = createContext(host, globals, signal, { ...renderer, resumable });
  try {
    const module = await command.load();
    const outcome = await untilAborted(module.run(input as never, context), signal, host);
    await renderer.answer(outcome.document, module.present);
    return outcome.exit;
  } catch (error) {
    const isStopped = error === signal.reason || error instanceof Interrupted;
    throw isResumable && isStopped ? withNext(error, resumes(shell`gennet ${argv}`)) : error;
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

/** Returns the reason why a command was stopped, with one more thing to do next. */
function withNext(reason: unknown, next: string): unknown {
  if (!(reason instanceof AppError) || reason instanceof ReaderLeft) return reason;
  return new AppError(reason.code, reason.message, { next: [...reason.next, next], cause: reason });
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
