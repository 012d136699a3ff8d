import { AppError } from "../core/error.ts";
import { nearWords } from "../core/near-words.ts";
import { shell } from "../core/shell-words.ts";
import { shortestHidden } from "../core/redact-text.ts";
import { SecretValue } from "../core/secret-value.ts";
import { variableOf } from "./format/check-values.ts";
import { expectedValue } from "./format/expected-value.ts";
import type { Runbook, RunbookInput } from "./format/runbook.ts";

export interface InputSources {
  /** What the command line calls the runbook: its ID or its file. By default its ID. */
  readonly named?: string;
  /** `NAME=VALUE`, as typed. */
  readonly given: readonly string[];
  /** From a finding. */
  readonly found: ReadonlyMap<string, string>;
  /** The region, if the command line names one, or there is only one. */
  readonly region: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Asks for an input; undefined in non-interactive mode. */
  readonly ask: ((name: string, input: RunbookInput) => Promise<string>) | undefined;
}

export interface Prepared {
  readonly values: ReadonlyMap<string, string>;
  readonly secrets: ReadonlyMap<string, SecretValue>;
}

/**
 * Returns a value for every input, and the answers that were given for steps. Throws RUNBOOK_VALUE_INVALID for a value
 * that does not fit, and USAGE_ANSWER_MISSING with every flag that is missing.
 */
export async function prepare({ id, inputs, steps }: Runbook, sources: InputSources): Promise<Prepared> {
  const { named = id, given, found, region, env, ask } = sources;
  const show = shell`gennet runbook show ${named}`;
  const invalid = (message: string, ...next: readonly string[]): AppError =>
    new AppError("RUNBOOK_VALUE_INVALID", message, { next: [...next, show] });
  const typed = new Map(given.map((pair) => splitPair(pair, show)));
  const settable = new Set([
    ...Object.keys(inputs),
    ...steps.flatMap(({ kind, name, outputs }) => [
      ...(kind === "ask" ? [name] : []),
      ...outputs.map((output) => output.name),
    ]),
  ]);
  for (const name of typed.keys()) {
    if (settable.has(name)) continue;
    const near = nearWords(name, [...settable]);
    throw invalid(
      `This runbook has no input "${name}".`,
      ...(near.length === 0 ? [] : [`Did you mean ${near.join(" or ")}?`]),
    );
  }
  for (const { kind, name, choices } of steps) {
    const answer = kind === "ask" && choices.length > 0 ? typed.get(name) : undefined;
    if (answer === undefined || choices.includes(answer)) continue;
    throw invalid(`The answer to ${name} is ${JSON.stringify(answer)}: expected one of ${choices.join(", ")}.`);
  }
  const values = new Map([...typed].filter(([name]) => inputs[name] === undefined));
  const secrets = new Map<string, SecretValue>();
  const missing: string[] = [];
  for (const [name, input] of Object.entries(inputs)) {
    const variable = variableOf(name);
    if (input.secret && typed.has(name)) {
      throw invalid(
        `The input ${name} is secret, and other processes can read arguments.`,
        `Set the variable ${variable} instead.`,
      );
    }
    const known = input.secret
      ? env[variable] || undefined
      : (typed.get(name) ?? found.get(name) ?? (input.type === "region" ? region : undefined));
    const value = known ?? (await ask?.(name, input)) ?? input.default;
    if (value === undefined) missing.push(input.secret ? `the variable ${variable}` : `--input ${name}=VALUE`);
    else if (input.secret) {
      const expected =
        value.length < shortestHidden ? `at least ${shortestHidden} characters` : expectedValue(input, value);
      if (expected !== undefined)
        throw invalid(`The value of ${name} is invalid: expected ${expected}.`, `Correct the variable ${variable}.`);
      secrets.set(name, new SecretValue(value));
    } else {
      const expected = expectedValue(input, value);
      if (expected !== undefined) {
        throw invalid(
          `The value of ${name} is ${JSON.stringify(value)}: expected ${expected}.`,
          `Set it with --input ${name}=VALUE.`,
        );
      }
      values.set(name, value);
    }
  }
  if (missing.length > 0) {
    throw new AppError("USAGE_ANSWER_MISSING", `Required in non-interactive mode: ${missing.join(", ")}.`, {
      next: ["Or run the command on a terminal, without --no-input."],
    });
  }
  return { values, secrets };
}

function splitPair(text: string, show: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at <= 0) {
    throw new AppError("USAGE_INVALID", `--input: ${JSON.stringify(text)} is not NAME=VALUE.`, {
      next: [`${show}  # lists its inputs`],
    });
  }
  return [text.slice(0, at), text.slice(at + 1)];
}
