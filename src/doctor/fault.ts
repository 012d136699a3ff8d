import { AppError } from "../core/error.ts";
import { exit } from "../core/exit.ts";
import type { Finding, Severity } from "../core/finding.ts";

type About = Pick<Finding, "id" | "subject">;

/** The error as a finding, with the first of what to do next as its fix; what is no AppError is a bug and thrown. */
export function fault(about: About, severity: Severity, error: unknown): Finding {
  if (!(error instanceof AppError)) throw error;
  const [fix] = error.next;
  const evidence = { code: error.code };
  return { ...about, severity, summary: error.message, ...(fix === undefined ? {} : { fix }), evidence };
}

/**
 * What the question found, or what is set up wrongly here as a failed finding. What blocked it (not allowed,
 * not reachable, too slow) is left to the runner, which knows how to say that it is unknown.
 */
export async function orFault(about: About, ask: () => Promise<Finding>): Promise<readonly Finding[]> {
  const obstacles: readonly number[] = [exit.denied, exit.unreachable, exit.timedOut];
  try {
    return [await ask()];
  } catch (error) {
    if (error instanceof AppError && obstacles.includes(error.exit)) throw error;
    return [fault(about, "fail", error)];
  }
}
