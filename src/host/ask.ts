import { AppError } from "../core/error.ts";
import type { Host, TextQuestion } from "./host.ts";

/** A question that a flag can also answer. */
export interface Question extends TextQuestion {
  readonly key: string;
  /** As typed by the user: `--owner OWNER`. */
  readonly flag: string;
}

export interface Asker {
  readonly host: Pick<Host, "interactive" | "prompts">;
  readonly options: { readonly noInput: boolean };
  readonly signal: AbortSignal;
}

export function canAsk(asker: Asker): boolean {
  return asker.host.interactive && !asker.options.noInput;
}

/**
 * Returns an answer for every question: the given one, otherwise the user's, otherwise (in non-interactive mode) the
 * fallback. Throws USAGE_INVALID for an invalid answer, and USAGE_ANSWER_MISSING with the missing flags.
 */
export async function answer(
  questions: readonly Question[],
  given: Readonly<Record<string, string | undefined>>,
  asker: Asker,
): Promise<Record<string, string>> {
  for (const question of questions) checkGiven(question, given[question.key]);
  const open = questions.filter((question) => given[question.key] === undefined);
  if (!canAsk(asker)) checkFallbacks(open);
  const answers: Record<string, string> = {};
  const prompts = open.length > 0 && canAsk(asker) ? await asker.host.prompts() : undefined;
  for (const question of questions) {
    const known = given[question.key] ?? (await prompts?.text(question, asker.signal)) ?? question.fallback;
    if (known !== undefined) answers[question.key] = known;
  }
  return answers;
}

function checkGiven(question: Question, given: string | undefined): void {
  const problem = given === undefined ? undefined : question.problem?.(given);
  if (problem === undefined) return;
  throw new AppError("USAGE_INVALID", `${question.flag}: ${JSON.stringify(given)} is invalid: ${problem}.`);
}

function checkFallbacks(open: readonly Question[]): void {
  const flags = open.filter((question) => question.fallback === undefined).map((question) => question.flag);
  if (flags.length > 0) throw missing(flags);
}

/** Returns the error for missing answers in non-interactive mode. */
export function missing(flags: readonly string[]): AppError {
  return new AppError("USAGE_ANSWER_MISSING", `Required in non-interactive mode: ${flags.join(", ")}.`, {
    next: [`Add ${flags.join(" ")}.`, "Or run the command on a terminal, without --no-input."],
  });
}
