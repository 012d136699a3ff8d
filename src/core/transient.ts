import type { AppError } from "./error.ts";
import type { ErrorCode } from "./error-codes.ts";
import { exit } from "./exit.ts";

const unanswered: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["KUBE_UNREACHABLE", "KUBE_TIMED_OUT", "KUBE_FAILING"]);
const transient: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...unanswered,
  "KUBE_CONFLICT",
  "AWS_UNREACHABLE",
  "AWS_THROTTLED",
]);

/** Returns whether an API server gave no usable response: no connection, a time-out, 429 or 5xx. */
export function isUnanswered({ code }: AppError): boolean {
  return unanswered.has(code);
}

/**
 * Returns whether the same call may succeed a moment later: there was no response, the call was throttled, or another
 * process was faster.
 */
export function isTransient({ code }: AppError): boolean {
  return transient.has(code);
}

/** Returns whether an API did not respond, or its server is overloaded or failing, judged by the exit code. */
export function gotNoAnswer(error: AppError): boolean {
  return error.exit === exit.unreachable || error.exit === exit.timedOut;
}
