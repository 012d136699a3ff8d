import { AppError } from "./error.ts";
import { exit } from "./exit.ts";

/** Whether the signal was aborted because --timeout (or a command's default limit) is used up. */
export function isTimeUp({ aborted, reason }: AbortSignal): boolean {
  return aborted && reason instanceof AppError && reason.exit === exit.timedOut;
}

/**
 * Throws the reason of an abort, unless it is that the time is up: then a command still answers, with what it has;
 * what has not answered by then is unknown. Ctrl-C ends a command without an answer.
 */
export function throwUnlessTimeIsUp(signal: AbortSignal): void {
  if (!isTimeUp(signal)) signal.throwIfAborted();
}
