import { parseDuration } from "../../core/duration.ts";
import type { RunbookInput } from "./runbook.ts";

const types: Readonly<Record<RunbookInput["type"], (text: string) => string | undefined>> = {
  name: (text) =>
    /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(text) ? undefined : "lower-case letters, digits, dashes and dots",
  text: (text) => (/^\P{Cc}{1,1000}$/u.test(text) ? undefined : "text on one line, at most 1000 characters"),
  integer: (text) => (/^\d{1,9}$/.test(text) ? undefined : "a whole number"),
  duration: (text) => (parseDuration(text) === undefined ? "a duration such as 30s or 5m" : undefined),
  choice: () => undefined,
  region: (text) => (/^[^\s-]\P{Cc}*$/u.test(text) ? undefined : "the name of a region"),
};

/** Returns what was expected as the value of an input, or undefined if the value is valid. */
export function expectedValue(
  { type, choices, pattern, secret }: Pick<RunbookInput, "type" | "choices" | "pattern" | "secret">,
  text: string,
): string | undefined {
  if (choices !== undefined && !choices.includes(text)) return `one of ${choices.join(", ")}`;
  if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`, "u").test(text)) return `a match of ${pattern}`;
  // A key is a secret of many lines.
  return secret && type === "text" ? undefined : types[type](text);
}
