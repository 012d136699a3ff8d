import type { StepProgress } from "./apply.ts";
import type { Clock } from "./clock.ts";
import { AppError } from "./error.ts";
import type { Finding } from "./finding.ts";
import type { GateAnswer } from "./gate.ts";
import type { Facts, Journal } from "./journal.ts";
import type { SagaRun } from "./saga-run.ts";
import { poll } from "./poll.ts";
import { isTransient } from "./transient.ts";

const firstPauseMs = 1_000;
const longestPauseMs = 15_000;

/**
 * One stage of a saga. All three may be called again at any time, also by a later process: `do` and `undo` make it so,
 * whatever part of it is so already, and return when it has come about; `verify` reads, and changes nothing.
 */
export interface Stage {
  readonly id: string;
  readonly title: string;
  do(at: StageContext): Promise<void>;
  /** Whether what `do` brings about is there now. Findings say what of it is not. */
  verify(at: StageContext): Promise<GateAnswer>;
  undo(at: StageContext): Promise<void>;
}

export interface StageContext {
  readonly signal: AbortSignal;
  /** Makes a change of the world, once the journal says that it is coming. */
  change<T>(what: string, work: () => Promise<T>): Promise<T>;
  /** Writes down what was seen, for a later stage or process. */
  note(what: string, facts: Facts): Promise<void>;
  /** What this run has noted under these words. */
  noted(what: string): Facts | undefined;
  /** What is being waited for. */
  report(detail: string): void;
}

export type StageOutcome = "done" | "failed" | "undone" | "stuck" | "not-reached";

export interface StageResult {
  readonly stage: string;
  readonly title: string;
  readonly outcome: StageOutcome;
  readonly summary: string;
  readonly durationMs: number;
}

export interface SagaResult {
  /** `stuck`: the roll-back could not be finished. */
  readonly outcome: "done" | "undone" | "stuck";
  readonly stages: readonly StageResult[];
  /** What the stages' last looks found. */
  readonly findings: readonly Finding[];
  /** Why the run went back. */
  readonly failure?: AppError;
  /** Why the roll-back stopped. */
  readonly obstacle?: AppError;
}

export interface SagaSettings {
  readonly clock: Clock;
  /** How long a stage is tried again after errors that may pass. */
  readonly patienceMs: number;
  readonly signal: AbortSignal;
  readonly report: (progress: StepProgress) => void;
}

/**
 * Does the stages in order; when one fails, rolls back all that were entered, the last one first. Continues where the
 * run's journal ends, in the direction it had: what `verify` finds done already is not done again. An abort or a bug
 * is thrown, and leaves a run that can be resumed.
 */
export async function runSaga(
  stages: readonly Stage[],
  run: SagaRun,
  journal: Journal,
  settings: SagaSettings,
): Promise<SagaResult> {
  const { clock, patienceMs, signal, report } = settings;
  const results = new Map<string, StageResult>();
  const findings = new Map<string, readonly Finding[]>();
  const entered = new Set(run.entered);
  let { failure } = run;

  const at = (stage: Stage): StageContext => ({
    signal,
    change: async (what, work) => {
      signal.throwIfAborted();
      await journal.write({ run: run.id, event: "change", stage: stage.id, what });
      return work();
    },
    note: (what, facts) => journal.write({ run: run.id, event: "note", stage: stage.id, what, facts }),
    noted: (what) =>
      journal.entries.findLast((each) => each.run === run.id && each.event === "note" && each.what === what)?.facts,
    report: (detail) => report({ step: stage.id, state: "running", detail }),
  });
  const enter = async (stage: Stage): Promise<void> => {
    signal.throwIfAborted();
    entered.add(stage.id);
    await journal.write({ run: run.id, event: "stage", stage: stage.id });
    report({ step: stage.id, state: "running" });
  };
  const end = (stage: Stage, outcome: StageOutcome, summary: string, begun: number): void => {
    const durationMs = clock.now() - begun;
    results.set(stage.id, { stage: stage.id, title: stage.title, outcome, summary, durationMs });
    const states = {
      done: "done",
      failed: "failed",
      undone: "skipped",
      stuck: "failed",
      "not-reached": "skipped",
    } as const;
    report({ step: stage.id, state: states[outcome], detail: summary, durationMs });
  };
  /** Returns the AppError that ended the work, if one did. What may pass is retried: a stage may be called at any time. */
  const persist = async (stage: Stage, work: () => Promise<void>): Promise<AppError | undefined> => {
    try {
      return await poll({
        look: async () => ({ found: await work().then(() => undefined) }),
        tolerates: isTransient,
        patienceMs,
        firstPauseMs,
        longestPauseMs,
        report: (waiting) => report({ step: stage.id, state: "running", detail: `${waiting} Trying again.` }),
        late: (waiting) => new AppError("SAGA_STAGE_UNPROVEN", waiting),
        clock,
        signal,
      });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof AppError) return error;
      throw error;
    }
  };
  const answer = (outcome: SagaResult["outcome"], obstacle?: AppError): SagaResult => ({
    outcome,
    stages: stages.map((stage) => results.get(stage.id) ?? notReached(stage)),
    findings: [...findings.values()].flat(),
    ...(failure === undefined ? {} : { failure }),
    ...(obstacle === undefined ? {} : { obstacle }),
  });

  /** Does a stage and proves it; answers why it failed, if it did. */
  const forth = async (stage: Stage): Promise<AppError | undefined> => {
    const begun = clock.now();
    await enter(stage);
    let already = false;
    const failed = await persist(stage, async () => {
      const before = await stage.verify(at(stage));
      already = before.answer === "pass";
      if (!already) await stage.do(at(stage));
      const after = already ? before : await stage.verify(at(stage));
      findings.set(stage.id, after.findings);
      if (after.answer !== "pass") throw unproven(stage, after);
    });
    if (failed === undefined) {
      await journal.write({ run: run.id, event: "done", stage: stage.id });
      end(stage, "done", already ? "already done" : "done", begun);
    } else {
      const { code, next, message: what } = failed;
      end(stage, "failed", what, begun);
      await journal.write({ run: run.id, event: "turn", stage: stage.id, what, facts: { code, next } });
    }
    return failed;
  };
  /** Takes a stage back; answers why it could not, if so. */
  const back = async (stage: Stage): Promise<AppError | undefined> => {
    const begun = clock.now();
    await enter(stage);
    const obstacle = await persist(stage, () => stage.undo(at(stage)));
    if (obstacle === undefined) {
      await journal.write({ run: run.id, event: "undone", stage: stage.id });
      if (results.get(stage.id)?.outcome !== "failed") end(stage, "undone", "rolled back", begun);
    } else {
      await journal.write({ run: run.id, event: "stuck", stage: stage.id, what: obstacle.message });
      end(stage, "stuck", obstacle.message, begun);
    }
    return obstacle;
  };

  if (failure === undefined) {
    for (const stage of stages) if ((failure = await forth(stage)) !== undefined) break;
  }
  if (failure === undefined) {
    await journal.write({ run: run.id, event: "end", what: "done" });
    return answer("done");
  }
  for (const stage of stages.filter((each) => entered.has(each.id)).toReversed()) {
    const obstacle = await back(stage);
    if (obstacle !== undefined) return answer("stuck", obstacle);
  }
  await journal.write({ run: run.id, event: "end", what: "undone" });
  return answer("undone");
}

function notReached({ id, title }: Stage): StageResult {
  return { stage: id, title, outcome: "not-reached", summary: "not reached", durationMs: 0 };
}

function unproven(stage: Stage, { answer, findings }: GateAnswer): AppError {
  const open = findings.filter((finding) => finding.severity === (answer === "fail" ? "fail" : "unknown"));
  const says = open.map((finding) => `${finding.subject}: ${finding.summary}`).join("; ");
  return new AppError("SAGA_STAGE_UNPROVEN", `${stage.title}: ${says}`, {
    next: open.flatMap((finding) => (finding.fix === undefined ? [] : [finding.fix])),
  });
}
