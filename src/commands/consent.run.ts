import type { Context } from "../context.ts";
import { AppError } from "../core/error.ts";

/** Decided before any work: whoever cannot be asked must have said yes. `instead` is the way to look without changing. */
export function assertAnswerable(yes: boolean, instead: string, { host, options }: Context): void {
  if (yes || (host.interactive && !options.noInput)) return;
  throw new AppError("USAGE_ANSWER_MISSING", "Changes need a yes, and there is nobody to ask.", {
    next: ["--yes   does what the plan says without asking", instead],
  });
}

/** Asks, unless the answer was given. Throws INTERRUPTED for a no. */
export async function agree(message: string, yes: boolean, { host, signal }: Context): Promise<void> {
  if (yes || (await (await host.prompts()).confirm({ message, fallback: false }, signal))) return;
  throw new AppError("INTERRUPTED", "Nothing was changed: the plan was not agreed to.");
}
