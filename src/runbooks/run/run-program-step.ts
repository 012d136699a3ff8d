import { createHash } from "node:crypto";
import { formatDuration } from "../../core/duration.ts";
import { exit, type Exit } from "../../core/exit.ts";
import type { Facts } from "../../core/journal.ts";
import { type StepCondition, conditionText, holds } from "../format/condition.ts";
import { pointedAt } from "../format/json-pointer.ts";
import type { RunbookStep } from "../format/runbook.ts";
import { redactedMark } from "../../core/redact.ts";
import { outputOf, ShownOutput, type RedactedOutput } from "./step-output.ts";
import { within } from "../../core/within.ts";
import type { ProgramCall, RunbookWorld } from "./world.ts";
import type { EndedProgram } from "../../host/run-program.ts";

const defaultTimeoutMs = 10 * 60_000;
const longestValue = 64 << 10;
/** Exit codes of gennet that say what went wrong. Of any other program, all that is known is that it failed. */
const meaningful: readonly number[] = [2, 3, 4, 5, 6, 7, 8, 9];

/** How a step ended. */
export interface StepEnd {
  readonly exit: Exit;
  /** What happened, for people. */
  readonly summary: string;
  /** Values for later steps, by name. */
  readonly values: ReadonlyMap<string, string>;
  /** For the record. */
  readonly facts: Facts;
}

/** Runs a program, keeps its output without secrets, and looks whether what the step expects holds. */
export async function runProgramStep(
  step: RunbookStep,
  call: ProgramCall,
  kept: string,
  world: RunbookWorld,
  signal: AbortSignal,
): Promise<StepEnd> {
  const { timeoutMs = defaultTimeoutMs } = step;
  const shown = new ShownOutput(call, world);
  const ended = await within(timeoutMs, world.clock, signal, (inner) =>
    world.run(call, (line, stream) => shown.line(line, stream), inner),
  );
  if (ended === undefined) {
    return {
      exit: exit.timedOut,
      summary: `not finished after ${formatDuration(timeoutMs)}`,
      values: new Map(),
      facts: {},
    };
  }
  const output = await outputOf(call, ended, world);
  shown.end(output, kept);
  await world.keep(kept, output.kept);
  const facts = {
    exit: ended.exit ?? null,
    output: kept,
    bytes: Buffer.byteLength(output.kept),
    sha256: createHash("sha256").update(output.kept).digest("hex"),
  };
  return { ...judge(step, ended, output, world.redact), facts };
}

function judge(
  step: RunbookStep,
  ended: EndedProgram,
  { data, text }: RedactedOutput,
  redact: RunbookWorld["redact"],
): Omit<StepEnd, "facts"> {
  const failed = (code: Exit, summary: string): Omit<StepEnd, "facts"> => ({ exit: code, summary, values: new Map() });
  if (ended.exit === undefined) return failed(exit.unhealthy, ended.reason ?? "it was killed");
  const expects = step.expects.some(({ left }) => left === "exit")
    ? step.expects
    : [{ left: "exit", operator: "==", right: "0" } as const, ...step.expects];
  const actual = ({ left }: StepCondition): unknown =>
    left === "exit" ? ended.exit : left === "text" ? text : data === undefined ? undefined : pointedAt(data, left);
  const broken = expects.find((condition) => !holds(condition, actual(condition)));
  const needsAll = [...step.outputs.map(({ from }) => from), ...expects.map(({ left }) => left)].some(isPointer);
  const isCut = ended.isCut && needsAll && broken?.left !== "exit";
  if (isCut) return failed(exit.unhealthy, "the output is longer than 8 MiB");
  if (broken !== undefined) {
    const found = shown(actual(broken), redact);
    return failed(exitOf(step, ended.exit), `expected ${conditionText(broken)}, found ${found}`);
  }
  const values = new Map<string, string>();
  for (const { name, from } of step.outputs) {
    const found = from === "text" ? text.trim() : data === undefined ? undefined : pointedAt(data, from);
    if (typeof found !== "string" && typeof found !== "number" && typeof found !== "boolean") {
      return failed(exit.unhealthy, `the output has no single value at ${from} for ${name}`);
    }
    const problem = valueProblem(String(found), redact);
    if (problem !== undefined) return failed(exit.unhealthy, `the value at ${from} for ${name} ${problem}`);
    values.set(name, String(found));
  }
  return { exit: exit.ok, summary: `exit code ${ended.exit}`, values };
}

function isPointer(from: string): boolean {
  return from !== "text" && from !== "exit";
}

/** A value becomes an argument, a variable, and a line of the journal. */
function valueProblem(value: string, redact: RunbookWorld["redact"]): string | undefined {
  if (value === "") return "is empty";
  if (value.includes(redactedMark) || redact(value) !== value) return "is secret";
  if (Buffer.byteLength(value) > longestValue) return "is longer than 64 KiB";
  return /(?![\n\t])\p{Cc}/u.test(value) ? "contains control characters" : undefined;
}

/** A failed gennet keeps the meaning of its exit code; anything else has failed. */
function exitOf({ kind }: RunbookStep, code: number): Exit {
  return kind === "gennet" && meaningful.includes(code) ? (code as Exit) : exit.unhealthy;
}

/** Secrets are hidden first: half a secret could not be recognised. */
function shown(value: unknown, redact: RunbookWorld["redact"]): string {
  const text = value === undefined ? "nothing" : redact(JSON.stringify(value));
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
