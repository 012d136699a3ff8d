import { AppError } from "../core/error.ts";
import { exit } from "../core/exit.ts";
import type { Finding, Severity } from "../core/finding.ts";

type About = Pick<Finding, "id" | "subject">;

/**
 * Returns an AppError as a finding, with its first next step as the fix. Rethrows any other error, because it is a bug.
 */
export function fault(about: About, severity: Severity, error: unknown): Finding {
  if (!(error instanceof AppError)) throw error;
  const [fix] = error.next;
  const evidence = { code: error.code };
  return { ...about, severity, summary: error.message, ...(fix === undefined ? {} : { fix }), evidence };
}

/**
 * Returns the findings of a check, or a failed finding if the setup is wrong. Errors that stopped the check (denied,
 * unreachable, too slow) are left to the runner, which reports the check as unknown.
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
