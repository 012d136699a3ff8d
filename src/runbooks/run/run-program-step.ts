import { createHash } from "node:crypto";
import { formatDuration } from "../../core/duration.ts";
import { exit, type Exit } from "../../core/exit.ts";
import type { Facts } from "../../core/journal.ts";
import { type StepCondition, conditionText, holds } from "../format/condition.ts";
import { pointedAt } from "../format/json-pointer.ts";
import type { RunbookStep } from "../format/runbook.ts";
import { redactedMark } from "../../core/redact.ts";
import { formatOf, structured } from "./structured.ts";
import { within } from "./within.ts";
import type { ProgramCall, ProgramEnd, RunbookWorld } from "./world.ts";

const defaultTimeoutMs = 10 * 60_000;
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
  const format = formatOf(call.args);
  const onLine = (line: string): void => {
    if (format === undefined) world.say(`  ${world.redact(line)}`);
  };
  const ended = await within(timeoutMs, world.clock, signal, (inner) => world.run(call, onLine, inner));
  if (ended === undefined) {
    return {
      exit: exit.timedOut,
      summary: `not finished after ${formatDuration(timeoutMs)}`,
      values: new Map(),
      facts: {},
    };
  }
  const document = await structured(ended.stdout, call.args);
  const isPlain = document === undefined;
  // Data that cannot be read as a whole may hold a secret anywhere.
  const unread = isPlain && format !== undefined ? `not kept: it is not the ${format} that was asked for\n` : undefined;
  const output = unread ?? world.redact(isPlain ? ended.output : document.text);
  await world.keep(kept, output);
  const facts = {
    exit: ended.exit ?? null,
    output: kept,
    bytes: Buffer.byteLength(output),
    sha256: createHash("sha256").update(output).digest("hex"),
  };
  return { ...judge(step, ended, document?.data, world.redact(isPlain ? ended.stdout : document.text)), facts };
}

function judge(step: RunbookStep, ended: ProgramEnd, data: unknown, text: string): Omit<StepEnd, "facts"> {
  const failed = (code: Exit, summary: string): Omit<StepEnd, "facts"> => ({ exit: code, summary, values: new Map() });
  if (ended.exit === undefined) return failed(exit.unhealthy, ended.reason ?? "it was killed");
  const expects = step.expects.some(({ left }) => left === "exit")
    ? step.expects
    : [{ left: "exit", operator: "==", right: "0" } as const, ...step.expects];
  const actual = ({ left }: StepCondition): unknown =>
    left === "exit" ? ended.exit : left === "text" ? text : data === undefined ? undefined : pointedAt(data, left);
  const broken = expects.find((condition) => !holds(condition, actual(condition)));
  if (broken !== undefined) {
    return failed(exitOf(step, ended.exit), `expected ${conditionText(broken)}, found ${shown(actual(broken))}`);
  }
  const values = new Map<string, string>();
  for (const { name, from } of step.outputs) {
    const found = from === "text" ? text.trim() : data === undefined ? undefined : pointedAt(data, from);
    if (typeof found !== "string" && typeof found !== "number" && typeof found !== "boolean") {
      return failed(exit.unhealthy, `the output has no single value at ${from} for ${name}`);
    }
    if (String(found).includes(redactedMark))
      return failed(exit.unhealthy, `the value at ${from} for ${name} is secret`);
    values.set(name, String(found));
  }
  return { exit: exit.ok, summary: `exit code ${ended.exit}`, values };
}

/** A failed gennet keeps the meaning of its exit code; anything else has failed. */
function exitOf({ kind }: RunbookStep, code: number): Exit {
  return kind === "gennet" && meaningful.includes(code) ? (code as Exit) : exit.unhealthy;
}

function shown(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
