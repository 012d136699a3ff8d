import type { StepOutcome, StepResult } from "../core/step-result.ts";
import { isPending } from "../core/due.ts";
import { combine, exit, type Exit } from "../core/exit.ts";
import type { Finding } from "../core/finding.ts";
import { nodeId } from "../core/resource-graph.ts";
import { resumes } from "../core/resumes.ts";
import type { RegionChange } from "./region-plan.ts";

export interface BootstrappedStep {
  readonly step: string;
  readonly title: string;
  /** `pending` is what a dry run would change. */
  readonly outcome: StepOutcome | "pending";
  readonly summary: string;
  readonly durationMs: number;
  /** The code of the error that it failed with. */
  readonly code?: string;
  readonly next?: readonly string[];
}

/** The steps of a region, or of what all regions share. */
export interface BootstrappedPart {
  /** How many steps changed something. */
  readonly changes: number;
  readonly steps: readonly BootstrappedStep[];
}

/** The results of a run, as they were planned. */
export interface StepsReport {
  /** Returns the steps of a region; without a name, of what all regions share. */
  of(region: string | undefined): BootstrappedPart;
  /** What could not be done, and why. */
  readonly findings: readonly Finding[];
  /** 0 only if everything is done, apart from what is installed later. */
  readonly exit: Exit;
}

/** A command that continues, for a region or for what all of them share. */
export type CommandFor = (region: string | undefined) => string;

/** `unread` is the exit code of what could not be read, if there is such. */
export function stepsReport(
  results: readonly StepResult[],
  planned: readonly Pick<StepResult, "region" | "step">[],
  command: CommandFor,
  unread: Exit = exit.ok,
): StepsReport {
  const order = planned.map(({ region, step }) => nodeId(region, step));
  const placeOf = ({ region, step }: StepResult): number => order.indexOf(nodeId(region, step));
  const sorted = results.toSorted((a, b) => placeOf(a) - placeOf(b));
  return {
    of: (name) => {
      const steps = sorted.filter(({ region }) => region === name);
      return { changes: steps.filter(({ outcome }) => outcome === "changed").length, steps: steps.map(withoutError) };
    },
    findings: sorted.flatMap((result) => findingsOf(result, command)),
    exit: exitOfSteps(results, unread),
  };
}

/** Returns the steps of a dry run. */
export function foreseenSteps(changes: readonly RegionChange[]): BootstrappedPart {
  const steps = changes.map((change): BootstrappedStep => {
    const { step, title, obstacle, summary } = change;
    const outcome = obstacle?.kind ?? (isPending(change) ? "pending" : "unchanged");
    return { step, title, outcome, summary, durationMs: 0 };
  });
  return { changes: 0, steps };
}

/** Returns the findings about changes that are not possible. */
export function obstaclesIn(
  changes: readonly (RegionChange & Pick<StepResult, "region">)[],
  command: CommandFor,
): readonly Finding[] {
  return changes.flatMap((change) =>
    change.obstacle === undefined
      ? []
      : [notPossible(change.obstacle.kind, { ...change, ...change.obstacle }, command)],
  );
}

function withoutError({ error, ...result }: StepResult): BootstrappedStep {
  const { step: id, title, outcome, summary, durationMs, next } = result;
  const step = { step: id, title, outcome, summary, durationMs, ...(next === undefined ? {} : { next }) };
  return error === undefined ? step : { ...step, code: error.code, next: error.next };
}

function exitOfSteps(steps: readonly StepResult[], unread: Exit): Exit {
  const own = combine(
    steps.map(({ outcome, error }) => (outcome === "blocked" ? exit.unhealthy : (error?.exit ?? exit.ok))),
  );
  if (own !== exit.ok || steps.every(({ outcome }) => outcome !== "skipped")) return own;
  // Steps are skipped because of others that failed or are blocked, or of what could not be read. Otherwise, they are
  // still unfinished.
  return unread === exit.ok ? exit.unhealthy : unread;
}

function findingsOf(result: StepResult, command: CommandFor): readonly Finding[] {
  const { region, step, title, outcome, summary, error } = result;
  if (outcome === "blocked" || outcome === "deferred") return [notPossible(outcome, result, command)];
  if (outcome !== "failed") return [];
  const fix = error?.next[0] ?? resumes(command(region));
  const subject = `${title} (${step})`;
  return [{ id: "region/step", severity: "fail", region: region ?? "platform", subject, summary, fix }];
}

function notPossible(
  why: "blocked" | "deferred",
  { region, step, title, summary, next }: Pick<StepResult, "region" | "step" | "title" | "summary" | "next">,
  command: CommandFor,
): Finding {
  const about = { id: `region/${why}`, region: region ?? "platform", subject: `${title} (${step})`, summary };
  return why === "blocked"
    ? { ...about, severity: "fail", fix: next?.[0] ?? `Fix that, then run: ${command(region)}` }
    : { ...about, severity: "skip", fix: `Afterwards run: ${command(region)}` };
}
