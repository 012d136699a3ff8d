import type { Context } from "../context.ts";
import { AppError } from "../core/error.ts";

/** Decided before any work: where no one can be asked, --yes must be given. `instead` is how to look without changing. */
export function assertAnswerable(yes: boolean, instead: string, { host, options }: Context): void {
  if (yes || (host.interactive && !options.noInput)) return;
  throw new AppError("USAGE_ANSWER_MISSING", "Confirmation required; pass --yes.", {
    next: ["Pass --yes to make the changes without being asked.", instead],
  });
}

/** Asks, unless the answer was given. Throws INTERRUPTED for a no. */
export async function agree(message: string, yes: boolean, { host, signal }: Context): Promise<void> {
  if (yes || (await (await host.prompts()).confirm({ message, fallback: false }, signal))) return;
  throw new AppError("INTERRUPTED", "Cancelled; no changes made.");
}
