import { AppError } from "./error.ts";
import type { Finding } from "./finding.ts";
import type { GateAnswer } from "./gate.ts";
import { endRun, type RunSettings, type RunStep, runStep } from "./run.ts";
import type { SagaRun } from "./saga-run.ts";

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

export interface StageContext extends Pick<RunStep, "change" | "note" | "noted" | "report"> {
  readonly signal: AbortSignal;
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

export interface SagaSettings extends RunSettings {
  /** How long a stage is tried again after errors that may pass. */
  readonly patienceMs: number;
}

/**
 * Does the stages in order; when one fails, rolls back all that were entered, the last one first. Continues where the
 * run's journal ends, in the direction it had: what `verify` finds done already is not done again. An abort or a bug
 * is thrown, and leaves a run that can be resumed.
 */
export async function runSaga(stages: readonly Stage[], run: SagaRun, settings: SagaSettings): Promise<SagaResult> {
  const { clock, patienceMs, signal, report } = settings;
  const results = new Map<string, StageResult>();
  const findings = new Map<string, readonly Finding[]>();
  const entered = new Set(run.entered);
  let { failure } = run;

  const stepOf = (stage: Stage): RunStep => runStep(run, stage.id, settings);
  const enter = async (stage: Stage): Promise<RunStep> => {
    const step = stepOf(stage);
    entered.add(stage.id);
    await step.enter();
    return step;
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
  const answer = (outcome: SagaResult["outcome"], obstacle?: AppError): SagaResult => ({
    outcome,
    stages: stages.map((stage) => results.get(stage.id) ?? notReached(stage)),
    findings: [...findings.values()].flat(),
    ...(failure === undefined ? {} : { failure }),
    ...(obstacle === undefined ? {} : { obstacle }),
  });

  /** Does a stage and proves it. Returns why it failed, if it did. */
  const forth = async (stage: Stage): Promise<AppError | undefined> => {
    const begun = clock.now();
    const step = await enter(stage);
    const at = { ...step, signal };
    let already = false;
    const prove = async (): Promise<void> => {
      const before = await stage.verify(at);
      already = before.answer === "pass";
      if (!already) await stage.do(at);
      const after = already ? before : await stage.verify(at);
      findings.set(stage.id, after.findings);
      if (after.answer !== "pass") throw unproven(stage, after);
    };
    const failed = await step.persist(prove, patienceMs, late);
    if (failed === undefined) {
      await step.record({ event: "done" });
      end(stage, "done", already ? "already done" : "done", begun);
    } else {
      const { code, next, message: what } = failed;
      end(stage, "failed", what, begun);
      await step.record({ event: "turn", what, facts: { code, next } });
    }
    return failed;
  };
  /** Rolls a stage back. Returns what prevented it, if anything did. */
  const back = async (stage: Stage): Promise<AppError | undefined> => {
    const begun = clock.now();
    const step = await enter(stage);
    const obstacle = await step.persist(() => stage.undo({ ...step, signal }), patienceMs, late);
    if (obstacle === undefined) {
      await step.record({ event: "undone" });
      if (results.get(stage.id)?.outcome !== "failed") end(stage, "undone", "rolled back", begun);
    } else {
      await step.record({ event: "stuck", what: obstacle.message });
      end(stage, "stuck", obstacle.message, begun);
    }
    return obstacle;
  };

  if (failure === undefined) {
    for (const stage of stages) if ((failure = await forth(stage)) !== undefined) break;
  }
  if (failure === undefined) {
    await endRun(run, "done");
    return answer("done");
  }
  for (const stage of stages.filter((each) => entered.has(each.id)).toReversed()) {
    const obstacle = await back(stage);
    if (obstacle !== undefined) return answer("stuck", obstacle);
  }
  await endRun(run, "undone");
  return answer("undone");
}

const late = (waiting: string): AppError => new AppError("SAGA_STAGE_UNPROVEN", waiting);

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
