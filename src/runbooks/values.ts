import { holds } from "./format/condition.ts";
import type { RunbookStep } from "./format/runbook.ts";
import { AppError } from "../core/error.ts";
import type { ArgumentTemplate } from "./format/words.ts";

/** The values of a run so far, by name. A secret is in `secrets` instead. */
export type Values = ReadonlyMap<string, string>;

/**
 * Returns the arguments with their values. A value is always one argument, whatever it contains. Throws
 * RUNBOOK_VALUE_INVALID where a value is missing, or would be read as an option because it begins with a dash.
 */
export function filledWords(words: readonly ArgumentTemplate[], values: Values): readonly string[] {
  return words.map((word) => {
    const [first] = word;
    const text = word.map((part) => (typeof part === "string" ? part : valueOf(part.value, values))).join("");
    if (typeof first === "object" && text.startsWith("-")) {
      throw invalid(
        first.value,
        `begins with a dash, which a program would read as an option: ${JSON.stringify(text)}`,
      );
    }
    return text;
  });
}

/** Returns a text for people with its values; a value that is not known yet stays as it is written. */
export function filledText(text: string, values: Values): string {
  return text.replaceAll(/\$\{([a-z][a-z0-9_-]*)\}/g, (written, name: string) => values.get(name) ?? written);
}

/** Returns whether a step may run, as far as values are known. */
export function isReachable({ when }: Pick<RunbookStep, "when">, values: Values): boolean {
  return when === undefined || !values.has(when.left) || holds(when, values.get(when.left));
}

function valueOf(name: string, values: Values): string {
  const value = values.get(name);
  if (value === undefined) throw invalid(name, "is not set: the step that sets it did not run");
  if (/\p{Cc}/u.test(value)) throw invalid(name, `contains control characters: ${JSON.stringify(value)}`);
  return value;
}

function invalid(name: string, why: string): AppError {
  return new AppError("RUNBOOK_VALUE_INVALID", `The value of ${name} ${why}.`, {
    next: [`Set it with --input ${name}=VALUE.`],
  });
}
