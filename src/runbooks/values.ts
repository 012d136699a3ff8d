import { AppError } from "../core/error.ts";
import { parseDuration } from "../core/duration.ts";
import type { RunbookInput } from "./format/runbook.ts";
import type { ArgumentTemplate } from "./format/words.ts";

/** The values of a run so far, by name. A secret is in `secrets` instead. */
export type Values = ReadonlyMap<string, string>;

const types: Readonly<Record<RunbookInput["type"], (text: string) => string | undefined>> = {
  name: (text) =>
    /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(text)
      ? undefined
      : "expected lower-case letters, digits, dashes and dots",
  text: (text) => (/^\P{Cc}{1,1000}$/u.test(text) ? undefined : "expected text on one line, at most 1000 characters"),
  integer: (text) => (/^\d{1,9}$/.test(text) ? undefined : "expected a whole number"),
  duration: (text) => (parseDuration(text) === undefined ? "expected a duration such as 30s or 5m" : undefined),
  choice: () => undefined,
  region: (text) => (/^[^\s-]\P{Cc}*$/u.test(text) ? undefined : "expected the name of a region"),
};

/** Returns what is wrong with the value of an input, or undefined if it is valid. */
export function inputProblem({ type, choices, pattern }: RunbookInput, text: string): string | undefined {
  if (choices !== undefined && !choices.includes(text)) return `expected one of ${choices.join(", ")}`;
  if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`, "u").test(text)) return `expected a match of ${pattern}`;
  return types[type](text);
}

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
