import type { z } from "zod";

const kinds: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping of keys to values",
};

/** Returns what the schema expected at the location of an error, and what the file contains. */
export function expectation(issue: z.core.$ZodIssue, found: unknown): string {
  if (issue.code === "invalid_type") {
    const expected = kinds[issue.expected] ?? issue.expected;
    if (found === undefined) return `missing: expected ${expected}`;
    const quotes = issue.expected === "string" && typeof found !== "object" ? "; put it in quotes" : "";
    return `expected ${expected}, found ${kindOf(found)}${quotes}`;
  }
  // Refinements in the schema complete "expected …".
  if (issue.code === "custom") return `expected ${issue.message}`;
  // Formats in the schema have messages such as "a DNS label: …".
  if (issue.code === "invalid_format") return `expected ${issue.message}, found ${JSON.stringify(found)}`;
  return issue.message.replace(/^[A-Z][a-z ]+: /, "");
}

function kindOf(found: unknown): string {
  if (found === null) return "nothing";
  if (Array.isArray(found)) return "a list";
  if (typeof found === "object") return "a mapping";
  return `the ${typeof found} ${JSON.stringify(found)}`;
}
