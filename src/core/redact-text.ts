import { redactedMark } from "./redact.ts";
import type { SecretValue } from "./secret-value.ts";

/** Names of variables of this process whose values are secret. */
const secretVariable = /pass|_pwd|pwd_|secret|token|credential|api_?key|access_?key|private/i;
/** Names of variables that hold a path instead: of a folder, a file, or a program that asks for a password. */
const placeVariable = /^(?:old)?pwd$|askpass$|_file$|_path$/i;
/** Shorter values are words that appear everywhere. */
const shortest = 8;
/** A shorter known value cannot be hidden: the same characters appear in other words. */
export const shortestHidden = 4;
/** What is longer exceeds the stack of regular expressions, and is hidden. */
const longestLine = 1 << 20;

/**
 * What a secret looks like in text. A group before and one after stay. Sources: the formats of the issuers; GitHub's
 * secret scanning patterns. Output may be long and hostile: a shape must not scan to the end of a repetition from each of its
 * characters.
 */
const shapes: readonly RegExp[] = [
  // An address with a password, and a header.
  /(:\/\/[^\s:/@"'<>]{0,200}:)[^\s/@"']+(@)/g,
  /(\b(?:Bearer|Basic)\s{1,40})[A-Za-z0-9._~+/=-]{6,}()/gi,
  // An assignment: password=…, "token": "…", --api-key …
  /((?:pass(?:word|wd|phrase)?|pwd|token|(?<!External)secret|api[_-]?key|access[_-]?key|private[_-]?key|key-data)["']?\s{0,40}[=:]\s{0,40}["']?)(?!\[redacted\])[^\s"',;}]{6,}()/gi,
  /((?:password|token|secret|api-key|access-key)(?<=--[a-z-]{0,40})[= ])[^\s"'-][^\s"']{5,}()/gi,
  /()\b(?:AKIA|ASIA)[0-9A-Z]{16}\b()/g,
  /()(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{11,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+()/g,
  /()\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk_live_|rk_live_|npm_)[A-Za-z0-9_-]{10,}()/g,
  // A key that is cut has no end.
  /(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----)[\s\S]*?(-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g,
  // A line of a key that comes line by line; a digest in hex is none.
  /(^|\n)(?=[^\n]*[G-Zg-z+/])[A-Za-z0-9+/]{60,}={0,2}(?=\r?\n|$)()/g,
];

/** Returns a function that hides in any text what looks like a secret, and known values in their usual encodings. */
export function textRedactor(known: readonly SecretValue[]): (text: string) => string {
  const values = known
    .map((value) => value.reveal())
    .flatMap((value) => [
      value,
      // Output is shown line by line.
      ...value.split(/\r?\n/).map((line) => line.trim()),
      encodeURIComponent(value),
      JSON.stringify(value).slice(1, -1),
      Buffer.from(value).toString("base64"),
      // `echo "$TOKEN" | base64`
      Buffer.from(`${value}\n`).toString("base64"),
    ])
    .filter((value) => value.length >= shortestHidden);
  const longestFirst = [...new Set(values)].toSorted((one, other) => other.length - one.length);
  return (text) => {
    let shown = text.length > longestLine ? withoutLongLines(text) : text;
    for (const value of longestFirst) shown = shown.replaceAll(value, redactedMark);
    for (const shape of shapes) shown = shown.replace(shape, `$1${redactedMark}$2`);
    return shown;
  };
}

function withoutLongLines(text: string): string {
  return text
    .split("\n")
    .map((line) => (line.length > longestLine ? redactedMark : line))
    .join("\n");
}

/** Returns the names of the variables of a process whose values are secret. */
export function secretVariables(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(env).flatMap(([name, value = ""]) =>
    secretVariable.test(name) && !placeVariable.test(name) && value.length >= shortest ? [name] : [],
  );
}
