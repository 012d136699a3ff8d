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

/** Returns whether an API server gave no usable answer: no connection, a time-out, 429 or 5xx. */
export function isUnanswered({ code }: AppError): boolean {
  return unanswered.has(code);
}

/** Returns whether the same call may succeed a moment later: no answer, throttled, or another process was first. */
export function isTransient({ code }: AppError): boolean {
  return transient.has(code);
}

/** Returns whether any API gave no answer, or its server is overloaded or failing, by the meaning of the exit code. */
export function gotNoAnswer(error: AppError): boolean {
  return error.exit === exit.unreachable || error.exit === exit.timedOut;
}
