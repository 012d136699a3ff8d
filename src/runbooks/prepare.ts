import { AppError } from "../core/error.ts";
import { SecretValue } from "../core/secret-value.ts";
import { variableOf } from "./format/check-values.ts";
import type { Runbook, RunbookInput } from "./format/runbook.ts";
import { inputProblem } from "./values.ts";

export interface InputSources {
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
export async function prepare({ inputs, steps }: Runbook, sources: InputSources): Promise<Prepared> {
  const { given, found, region, env, ask } = sources;
  const typed = new Map(given.map(splitPair));
  const settable = new Set([
    ...Object.keys(inputs),
    ...steps.flatMap(({ kind, name, outputs }) => [
      ...(kind === "ask" ? [name] : []),
      ...outputs.map((output) => output.name),
    ]),
  ]);
  for (const name of typed.keys()) {
    if (!settable.has(name))
      throw invalid(name, `is not a value of this runbook: it has ${[...settable].join(", ") || "none"}`);
  }
  const values = new Map([...typed].filter(([name]) => inputs[name] === undefined));
  const secrets = new Map<string, SecretValue>();
  const missing: string[] = [];
  for (const [name, input] of Object.entries(inputs)) {
    if (input.secret && typed.has(name))
      throw invalid(name, `is secret: set the variable ${variableOf(name)} instead of an argument`);
    const known = input.secret
      ? env[variableOf(name)]
      : (typed.get(name) ?? found.get(name) ?? (input.type === "region" ? region : undefined));
    const value = known ?? (await ask?.(name, input)) ?? input.default;
    if (value === undefined) missing.push(input.secret ? `the variable ${variableOf(name)}` : `--input ${name}=VALUE`);
    else if (input.secret) secrets.set(name, new SecretValue(value));
    else {
      const problem = inputProblem(input, value);
      if (problem !== undefined) throw invalid(name, `is ${JSON.stringify(value)}: ${problem}`);
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

function splitPair(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at <= 0) throw new AppError("USAGE_INVALID", `--input: ${JSON.stringify(text)} is not NAME=VALUE.`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function invalid(name: string, why: string): AppError {
  return new AppError("RUNBOOK_VALUE_INVALID", `The value of ${name} ${why}.`);
}
