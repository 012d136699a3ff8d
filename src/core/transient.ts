import type { AppError } from "./error.ts";
import type { ErrorCode } from "./error-codes.ts";

const transient: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "KUBE_UNREACHABLE",
  "KUBE_TIMED_OUT",
  "KUBE_FAILING",
  "KUBE_CONFLICT",
  "AWS_UNREACHABLE",
  "AWS_THROTTLED",
]);

/** Whether the same call may succeed a moment later: no connection, time-outs, 429, 5xx, conflicts. */
export function isTransient({ code }: AppError): boolean {
  return transient.has(code);
}
