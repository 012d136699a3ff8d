import type { Attempt, ProbeTrouble } from "../core/probe.ts";

const byCode: Readonly<Record<string, readonly [ProbeTrouble, string]>> = {
  ENOTFOUND: ["unresolved", "the name does not resolve"],
  EAI_AGAIN: ["unresolved", "the name server does not answer"],
  ECONNREFUSED: ["refused", "the connection was refused"],
  ECONNRESET: ["reset", "the connection was closed without an answer"],
  EPIPE: ["reset", "the connection was closed without an answer"],
  ETIMEDOUT: ["timed-out", "no answer in time"],
  ABORT_ERR: ["timed-out", "no answer in time"],
  EHOSTUNREACH: ["unreachable", "there is no route to the address"],
  ENETUNREACH: ["unreachable", "there is no route to the address"],
};

/** Returns what an error of a socket or of TLS means for the call. https://nodejs.org/api/errors.html */
export function troubleOfConnection(error: unknown): Attempt {
  const { code = "", message } = withCode(error);
  const known = byCode[code];
  if (known !== undefined) return { outcome: "failed", trouble: known[0], summary: known[1] };
  if (/CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/.test(code)) {
    return {
      outcome: "failed",
      trouble: "certificate",
      summary: `the certificate is not trusted: ${message} (${code})`,
    };
  }
  // What a server answers that does not speak TLS.
  if (code === "EPROTO" || code.startsWith("ERR_SSL")) {
    return { outcome: "failed", trouble: "no-tls", summary: "the server does not speak TLS" };
  }
  return { outcome: "unknown", trouble: "unanswerable", summary: code === "" ? message : `${message} (${code})` };
}

/** Several addresses of a name that all fail are one error with the errors of each. */
function withCode(error: unknown): { readonly code?: string | undefined; readonly message: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return withCode(error.errors[0]);
  return error instanceof Error ? error : { message: String(error) };
}
