import { AppError } from "./error.ts";
import { exit } from "./exit.ts";

/** Returns whether the signal was aborted because --timeout (or a command's default limit) has passed. */
export function isTimeUp({ aborted, reason }: AbortSignal): boolean {
  return aborted && reason instanceof AppError && reason.exit === exit.timedOut;
}

/**
 * Throws the reason of an abort unless it is a time-out: then a command still returns what it has, and everything else
 * is unknown. Ctrl-C ends a command without a result.
 */
export function throwUnlessTimeIsUp(signal: AbortSignal): void {
  if (!isTimeUp(signal)) signal.throwIfAborted();
}
