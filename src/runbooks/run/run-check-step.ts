import { AppError } from "../../core/error.ts";
import { exit, type Exit } from "../../core/exit.ts";
import { exitOf, type Finding } from "../../core/finding.ts";
import type { GateAnswer } from "../../core/gate.ts";
import { poll } from "../../core/poll.ts";
import { isTransient } from "../../core/transient.ts";
import type { RunbookStep } from "../format/runbook.ts";
import { filledWords, type Values } from "../values.ts";
import type { StepEnd } from "./run-program-step.ts";
import type { RunbookWorld } from "./world.ts";

const firstPauseMs = 2_000;
const longestPauseMs = 10_000;

export interface CheckEnd extends StepEnd {
  readonly findings: readonly Finding[];
}

/** Runs health checks until they pass, or once for a step without a time-out. */
export async function runCheckStep(
  step: RunbookStep,
  region: string,
  values: Values,
  world: RunbookWorld,
  signal: AbortSignal,
): Promise<CheckEnd> {
  const gate = world.gate(filledWords(step.words, values), region, namespaceOf(step, values));
  let last: GateAnswer | undefined;
  try {
    await poll({
      look: async () => {
        last = await gate.evaluate(signal);
        return last.answer === "pass" ? { found: undefined } : { waiting: sentence(last) };
      },
      tolerates: isTransient,
      patienceMs: step.timeoutMs ?? 0,
      firstPauseMs,
      longestPauseMs,
      report: (waiting) => world.say(`  waiting: ${waiting}`),
      late: (waiting) => new AppError("SAGA_STAGE_UNPROVEN", waiting),
      clock: world.clock,
      signal,
    });
    return ended(exit.ok, `passed: ${gate.id}`, last);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AppError)) throw error;
    const code = last === undefined ? error.exit : exitOf(last.findings, false);
    return ended(code === exit.ok ? exit.unreachable : code, error.message, last);
  }
}

function namespaceOf({ namespace }: RunbookStep, values: Values): string | undefined {
  return namespace === undefined ? undefined : filledWords([namespace], values)[0];
}

function ended(code: Exit, summary: string, last: GateAnswer | undefined): CheckEnd {
  const findings = (last?.findings ?? []).filter(({ severity }) => severity === "fail" || severity === "unknown");
  return { exit: code, summary, values: new Map(), facts: { answer: last?.answer ?? "unknown" }, findings };
}

/** Nothing to look at is no proof. */
function sentence({ findings }: GateAnswer): string {
  const open = findings.filter(({ severity }) => severity === "fail" || severity === "unknown");
  if (open.length === 0) return "no check had anything to look at";
  const [{ subject, summary } = { subject: "", summary: "" }] = open;
  return `${subject}: ${summary}${open.length > 1 ? ` (and ${open.length - 1} more)` : ""}`;
}
