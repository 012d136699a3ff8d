import type { Context } from "../context.ts";
import { AppError } from "../core/error.ts";

/**
 * Fails early in non-interactive mode without --yes. `instead` is a command that shows the changes without making them.
 */
export function assertAnswerable(yes: boolean, instead: string, { host, options }: Context): void {
  if (yes || (host.interactive && !options.noInput)) return;
  throw new AppError("USAGE_ANSWER_MISSING", "Confirmation required; pass --yes.", {
    next: ["Pass --yes to make the changes without confirmation.", instead],
  });
}

/** Asks for confirmation, unless --yes was given. Throws INTERRUPTED if the user declines. */
export async function agree(message: string, yes: boolean, { host, signal }: Context): Promise<void> {
  if (yes || (await (await host.prompts()).confirm({ message, fallback: false }, signal))) return;
  throw new AppError("INTERRUPTED", "Cancelled; no changes made.");
}

/** Asks for confirmation of changes that were shown, unless --yes was given. Throws INTERRUPTED if the user declines. */
export async function agreeToChanges(count: number, yes: boolean, context: Context): Promise<void> {
  await agree(count === 1 ? "Make this change?" : `Make these ${count} changes?`, yes, context);
}
