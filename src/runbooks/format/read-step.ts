import { parseDuration } from "../../core/duration.ts";
import { type StepCondition, ConditionProblem, parseCondition } from "./condition.ts";
import { type Attributes, InfoProblem, parseInfo } from "./info-string.ts";
import { onlyReads } from "./only-reads.ts";
import { commandKinds, type RunbookStep, type StepKind, type StepOutput, runningKinds } from "./runbook.ts";
import { splitWords, type ArgumentTemplate, WordsProblem } from "./words.ts";

interface Place {
  readonly line: number;
  readonly heading: string | undefined;
  /** From 1. */
  readonly number: number;
}

/** The attributes of each kind, apart from `name` and `when`, which all have. */
const attributes: Readonly<Record<StepKind, readonly string[]>> = {
  gennet: ["timeout", "expect", "output", "undo-of", "reads", "safe", "all-regions"],
  kubectl: ["timeout", "expect", "output", "undo-of", "reads", "safe"],
  aws: ["timeout", "expect", "output", "undo-of", "reads", "safe"],
  shell: ["timeout", "expect", "output", "undo-of", "reads", "safe"],
  check: ["timeout", "namespace"],
  ask: ["choices"],
  approve: ["safe"],
  wait: [],
};
/** Timers count milliseconds in 31 bits, which is less than 25 days. */
const longestDays = 20;
const switches: readonly string[] = ["reads", "safe", "all-regions"];

/** Reads a fence as a step. Reports what is wrong with it, and returns undefined if that leaves no step. */
export function readStep(
  kind: StepKind,
  meta: string,
  body: string,
  { line, heading, number }: Place,
  report: (line: number, problem: string) => void,
): RunbookStep | undefined {
  try {
    const info = parseInfo(meta);
    assertKnown(kind, info);
    const name = one(info, "name") ?? `step-${number}`;
    if (!/^[a-z][a-z0-9_-]{0,62}$/.test(name))
      throw new InfoProblem(`name: "${name}" is not lower-case letters, digits and dashes`);
    const text = body.trim();
    if (text === "") throw new InfoProblem("the step is empty");
    const words = wordsOf(kind, text);
    return {
      name,
      kind,
      line,
      heading,
      body: text,
      words,
      timeoutMs: durationOf("timeout", one(info, "timeout")) ?? waitOf(kind, text),
      when: optional(one(info, "when"), valueCondition),
      expects: all(info, "expect").map(outputCondition),
      outputs: all(info, "output").map(readOutput),
      undoOf: one(info, "undo-of"),
      reads: info.values.has("reads") || !runningKinds.includes(kind) || onlyReads(kind, words),
      isSafe: info.values.has("safe"),
      allRegions: info.values.has("all-regions"),
      namespace: optional(one(info, "namespace"), (written) => splitWords(written)[0] ?? []),
      choices: (one(info, "choices") ?? "")
        .split(",")
        .map((each) => each.trim())
        .filter((each) => each !== ""),
    };
  } catch (error) {
    const isProblem =
      error instanceof InfoProblem || error instanceof WordsProblem || error instanceof ConditionProblem;
    if (!isProblem) throw error;
    report(line, error.message);
    return undefined;
  }
}

/** A program's own name may come first, so that the block can be copied into a terminal. */
function wordsOf(kind: StepKind, text: string): readonly ArgumentTemplate[] {
  if (kind === "check") return splitWords(text.replaceAll(/\s*\n\s*/g, " "));
  if (!commandKinds.includes(kind)) return [];
  const words = splitWords(text);
  const [first] = words;
  const rest = first?.length === 1 && first[0] === kind ? words.slice(1) : words;
  if (rest.length === 0) throw new WordsProblem(`expected arguments of ${kind}`);
  return rest;
}

function assertKnown(kind: StepKind, { values }: Attributes): void {
  const known = ["name", "when", ...attributes[kind]];
  for (const [name, given] of values) {
    if (!known.includes(name))
      throw new InfoProblem(`a step of kind ${kind} has no attribute "${name}": it has ${known.join(", ")}`);
    const isSwitch = switches.includes(name);
    if (isSwitch && given.length > 0) throw new InfoProblem(`${name} takes no value`);
    if (!isSwitch && given.length === 0) throw new InfoProblem(`${name} needs a value`);
  }
}

function one({ values }: Attributes, name: string): string | undefined {
  const given = values.get(name) ?? [];
  if (given.length > 1) throw new InfoProblem(`${name} is given twice`);
  return given[0];
}

function all({ values }: Attributes, name: string): readonly string[] {
  return values.get(name) ?? [];
}

function optional<T>(text: string | undefined, read: (text: string) => T): T | undefined {
  return text === undefined ? undefined : read(text);
}

function durationOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms === undefined) throw new InfoProblem(`${name}: "${text}" is not a duration such as 30s or 5m`);
  if (ms > longestDays * 86_400_000)
    throw new InfoProblem(`${name}: expected at most ${longestDays}d, found "${text}"`);
  return ms;
}

function waitOf(kind: StepKind, text: string): number | undefined {
  return kind === "wait" ? durationOf("wait", text) : undefined;
}

function valueCondition(text: string): StepCondition {
  const condition = parseCondition(text);
  if (/^[a-z][a-z0-9_-]*$/.test(condition.left)) return condition;
  throw new ConditionProblem(`when: "${condition.left}" is not the name of a value`);
}

function outputCondition(text: string): StepCondition {
  const condition = parseCondition(text);
  if (/^(exit|text|\/.*)$/.test(condition.left)) return condition;
  throw new ConditionProblem(`expect: "${condition.left}" is not exit, text, or a JSON pointer such as /items/0`);
}

function readOutput(text: string): StepOutput {
  const [, name, from] = /^([a-z][a-z0-9_-]*)=(text|\/.*)$/.exec(text) ?? [];
  if (name !== undefined && from !== undefined) return { name, from };
  throw new InfoProblem(`output: "${text}" is not NAME=text or NAME=/json/pointer`);
}
