import { errorCodes, type ErrorCode } from "./error-codes.ts";
import type { Exit } from "./exit.ts";

export interface AppErrorDetails {
  /** What to do next; each is a sentence or a command that can be pasted. */
  readonly next?: readonly string[];
  readonly cause?: unknown;
}

/**
 * A failure that gennet understands: what happened, and what to do next.
 * Anything else that is thrown is a bug and is reported as one.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly next: readonly string[];

  constructor(code: ErrorCode, message: string, details: AppErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "AppError";
    this.code = code;
    this.next = details.next ?? [];
  }

  get exit(): Exit {
    return errorCodes[this.code].exit;
  }
}

/** The reason of an AbortSignal when the user pressed Ctrl-C or the process received a termination signal. */
export class Interrupted extends AppError {
  constructor(signalName: string) {
    super("INTERRUPTED", `Stopped by ${signalName}.`);
  }
}

/**
 * The reason of an abort when the program that reads standard output has exited, as `head` does. It is not an error and
 * prints nothing.
 */
export class ReaderLeft extends Interrupted {
  constructor() {
    super("a closed pipe");
  }
}
