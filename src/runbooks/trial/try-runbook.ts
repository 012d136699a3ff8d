import { AppError } from "../../core/error.ts";
import type { Runbook } from "../format/runbook.ts";
import type { Person } from "../run/world.ts";
import { filledText } from "../values.ts";
import type { TestedRunbook, TrialWorld } from "./trial-world.ts";

/** Injects the fault of a runbook's test, runs the runbook, and looks whether everything holds afterwards. */
export async function tryRunbook(runbook: Runbook, world: TrialWorld): Promise<TestedRunbook> {
  const begun = world.now();
  const { id, trial } = runbook;
  let finding: string | undefined;
  let run: string | undefined;
  const ended = (outcome: TestedRunbook["outcome"], summary: string): TestedRunbook => ({
    id,
    outcome,
    summary,
    ...(finding === undefined ? {} : { finding }),
    ...(run === undefined ? {} : { run }),
    durationMs: world.now() - begun,
  });
  if (trial === undefined) return ended("failed", "its front matter has no test, so nothing was tested");
  const filled = (line: string): string => filledText(line, new Map([["region", world.region]]));
  try {
    for (const line of trial.fault) await world.command(filled(line));
    const found = trial.finding === undefined ? undefined : await world.awaitFinding(trial.finding, id);
    if (found !== undefined) finding = `${found.id}: ${found.subject}: ${found.summary}`;
    const beforeStep = async (name: string): Promise<void> => {
      for (const line of trial.meanwhile[name] ?? []) await world.command(filled(line));
    };
    const { outcome, at, ...ran } = await world.run(runbook, found, trial.inputs, scripted(runbook), beforeStep);
    run = ran.run;
    if (outcome !== "done")
      return ended("failed", `the run ${outcome} at ${at?.step ?? "its end"}: ${at?.summary ?? ""}`);
    const { answer, findings } = await world.awaitPass(trial.holds);
    if (answer === "pass") return ended("passed", `${trial.holds.join(", ")} hold`);
    const wrong = findings.find(({ severity }) => severity === "fail" || severity === "unknown");
    return ended(
      "failed",
      wrong === undefined ? "nothing was checked afterwards" : `${wrong.subject}: ${wrong.summary}`,
    );
  } catch (error) {
    if (error instanceof AppError) return ended("failed", error.message);
    throw error;
  }
}

/** Answers as the test says. A question that it does not answer fails the test, except the confirmation of a step. */
function scripted({ id, trial, steps }: Runbook): Person {
  const answers = trial?.answers ?? {};
  const stepAsking = (question: string): string | undefined =>
    steps.find(({ kind, body }) => (kind === "ask" || kind === "approve") && isQuestion(body, question))?.name;
  const answerTo = (question: string): string => {
    const name = stepAsking(question);
    const answer = name === undefined ? undefined : answers[name];
    if (answer !== undefined) return answer;
    throw new AppError("RUNBOOK_TRIAL_FAILED", `The test of ${id} has no answer for: ${question}`);
  };
  return {
    confirm: async (question) => (stepAsking(question) === undefined ? true : answerTo(question) === "yes"),
    text: async (question) => answerTo(question),
    // A choice that is not in the runbook is about a failed step: the test fails with it.
    choice: async (question) => (stepAsking(question) === undefined ? "stop" : answerTo(question)),
  };
}

/** The question has values in place of `${…}`. */
function isQuestion(body: string, question: string): boolean {
  const parts = body.split(/\$\{[a-z][a-z0-9_-]*\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("[\\s\\S]*")}$`, "u").test(question);
}
