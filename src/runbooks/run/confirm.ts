import { AppError } from "../../core/error.ts";
import type { RunStep } from "../../core/run.ts";
import type { RunbookStep } from "../format/runbook.ts";
import { isReachable, type Values } from "../values.ts";
import type { RunbookWorld } from "./world.ts";

export interface Consent {
  /** Whether --yes confirms safe steps. */
  readonly yes: boolean;
}

/** Writes an answer to the journal, with its author. */
export async function decide(at: RunStep, question: string, answer: string, author: string): Promise<void> {
  await at.note("decision", { question, answer, author });
}

/**
 * Returns whether a step may run. Steps that only read do not ask; --yes answers for safe steps, and a person for the
 * others. What was answered is in the journal.
 */
export async function isConfirmed(
  step: RunbookStep,
  question: string,
  at: RunStep,
  { yes }: Consent,
  world: RunbookWorld,
  signal: AbortSignal,
): Promise<boolean> {
  if (step.reads && step.kind !== "approve") return true;
  if (yes && step.isSafe) {
    await decide(at, question, "yes", `${world.author} (--yes)`);
    return true;
  }
  if (world.person === undefined) throw needsPerson([step]);
  const isYes = await world.person.confirm(question, signal);
  await decide(at, question, isYes ? "yes" : "no", world.author);
  return isYes;
}

/**
 * Throws before the first step if no one can answer for a step that may be reached: RUNBOOK_NOT_SAFE for steps that need
 * a person, USAGE_ANSWER_MISSING where --yes would do.
 */
export function assertAnswerable(steps: readonly RunbookStep[], values: Values, { yes }: Consent): void {
  const reachable = steps.filter((step) => step.undoOf === undefined && isReachable(step, values));
  const needs = reachable.filter(({ kind, name, isSafe, reads }) =>
    kind === "ask" ? !values.has(name) : (kind === "approve" || !reads) && !isSafe,
  );
  if (needs.length > 0) throw needsPerson(needs);
  if (yes || reachable.every(({ kind, reads }) => reads && kind !== "approve")) return;
  throw new AppError("USAGE_ANSWER_MISSING", "Confirmation required; pass --yes.", {
    next: ["Pass --yes to confirm the steps that are marked safe.", "Pass --dry-run to see them."],
  });
}

function needsPerson(steps: readonly RunbookStep[]): AppError {
  const names = steps.map(({ name, line }) => `${name} (line ${line})`).join(", ");
  const asked = steps.filter(({ kind }) => kind === "ask").map(({ name }) => `--input ${name}=VALUE`);
  return new AppError("RUNBOOK_NOT_SAFE", `In non-interactive mode, no one can confirm or answer: ${names}.`, {
    next: [...(asked.length === 0 ? [] : [`Answer with ${asked.join(" ")}.`]), "Run the runbook on a terminal."],
  });
}
