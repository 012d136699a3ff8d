import { redactedMark } from "./redact.ts";
import type { SecretValue } from "./secret-value.ts";

/** Names of variables of this process whose values are secret. */
const secretVariable = /pass|pwd|secret|token|credential|api_?key|access_?key|private/i;
/** Shorter values are words that appear everywhere. */
const shortest = 8;

/**
 * What a secret looks like in text. A group before and one after stay. Sources: the formats of the issuers; GitHub's
 * secret scanning patterns.
 */
const shapes: readonly RegExp[] = [
  // An address with a password, and a header.
  /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@"'<>]*:)[^\s/@"']+(@)/gi,
  /(\b(?:Bearer|Basic)\s+)[A-Za-z0-9._~+/=-]{6,}()/gi,
  // An assignment: password=…, "token": "…", --api-key …
  /((?:pass(?:word|wd|phrase)?|pwd|token|(?<!External)secret|api[_-]?key|access[_-]?key|private[_-]?key)["']?\s*[=:]\s*["']?)(?!\[redacted\])[^\s"',;}]{6,}()/gi,
  /(--(?:[a-z-]*-)?(?:password|token|secret|api-key|access-key)[= ])[^\s"'-][^\s"']{5,}()/gi,
  /()\b(?:AKIA|ASIA)[0-9A-Z]{16}\b()/g,
  /()\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+()/g,
  /()\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk_live_|rk_live_|npm_)[A-Za-z0-9_-]{10,}()/g,
  /(-----BEGIN [A-Z ]*PRIVATE KEY-----)[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----)/g,
  // A line of a key that comes line by line; a digest in hex is none.
  /(^|\n)(?=[^\n]*[G-Zg-z+/])[A-Za-z0-9+/]{60,}={0,2}(?=\r?\n|$)()/g,
];

/** Returns a function that hides in any text what looks like a secret, and known values in their usual encodings. */
export function textRedactor(known: readonly SecretValue[]): (text: string) => string {
  const values = known
    .map((value) => value.reveal())
    .flatMap((value) => [
      value,
      encodeURIComponent(value),
      JSON.stringify(value).slice(1, -1),
      Buffer.from(value).toString("base64"),
    ])
    .filter((value) => value.length >= 4);
  const longestFirst = [...new Set(values)].toSorted((one, other) => other.length - one.length);
  return (text) => {
    let shown = text;
    for (const value of longestFirst) shown = shown.replaceAll(value, redactedMark);
    for (const shape of shapes) shown = shown.replace(shape, `$1${redactedMark}$2`);
    return shown;
  };
}

/** Returns the names of the variables of a process whose values are secret. */
export function secretVariables(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(env).flatMap(([name, value = ""]) =>
    secretVariable.test(name) && value.length >= shortest ? [name] : [],
  );
}
