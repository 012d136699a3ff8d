/* oxlint-disable no-control-regex -- control characters are what this file is about */

/** Control characters but newline and tab, and the marks that turn the direction of text around. */
const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * The text with what a terminal would obey written out instead (`\u001b`): names and messages come from
 * clusters, files and accounts, and must not move the cursor, change a title or hide other text.
 */
export function visible(text: string): string {
  return text.replace(hidden, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The same for every string in a document. */
export function visibleIn<T>(value: T): T {
  if (typeof value === "string") return visible(value) as T;
  if (Array.isArray(value)) return value.map((each: unknown) => visibleIn(each)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [visible(key), visibleIn(each)])) as T;
}
