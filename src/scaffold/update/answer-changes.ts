import { isDeepStrictEqual } from "node:util";
import type { Answers } from "../render.ts";

/** An answer that differs from the one that the service was rendered with. */
export interface AnswerChange {
  readonly key: string;
  /** For display; "none" for an empty list or a missing answer. */
  readonly before: string;
  readonly after: string;
}

/** Returns the differences between two sets of answers, by key. */
export function answerChanges(before: Answers, after: Answers): readonly AnswerChange[] {
  const [was, is] = [before, after].map((answers) => new Map<string, unknown>(Object.entries(answers)));
  return [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])]
    .filter((key) => !isDeepStrictEqual(was?.get(key), is?.get(key)))
    .map((key) => ({ key, before: shown(was?.get(key)), after: shown(is?.get(key)) }))
    .filter((change) => change.before !== change.after);
}

/** `owner: team-shop → team-new`. */
export function answerText({ key, before, after }: AnswerChange): string {
  return `${key}: ${before} → ${after}`;
}

function shown(value: unknown): string {
  if (value === undefined || value === null || value === "") return "none";
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}
