import { describe, expect, it } from "vitest";
import { fence } from "../../../test/support/runbook-trial.ts";
import { AppError } from "../../core/error.ts";
import type { Finding } from "../../core/finding.ts";
import { parseRunbook } from "../format/parse-runbook.ts";
import type { RunbookEnd } from "../run/runbook-end.ts";
import type { TestedRunbook, TrialWorld } from "./trial-world.ts";
import { tryRunbook } from "./try-runbook.ts";

const finding: Finding = { id: "mesh/istiod", severity: "fail", region: "eu", subject: "istiod", summary: "is down" };
const done: RunbookEnd & { run: string } = { outcome: "done", exit: 0, findings: [], run: "r1" };
const body = `${fence("ask name=way choices=a,b", "Which of ${region}?")}${fence("approve name=agree", "Really?")}`;

function source(test: string): string {
  return `---\nid: trial\ntitle: Trial\nwhen: in tests\ninputs:\n  region: { type: region, summary: r }\n${test}---\n${body}`;
}
const tested = source(
  "test:\n  fault: ['sandbox fail region ${region}']\n  finding: mesh/istiod\n  answers: { way: a, agree: yes }\n  meanwhile: { agree: [sandbox heal istiod] }\n  holds: [mesh/istiod]\n",
);

interface Trial {
  readonly tried: TestedRunbook;
  readonly commands: readonly string[];
  readonly answers: readonly unknown[];
}

async function tryIt(text: string, more: Partial<TrialWorld> = {}): Promise<Trial> {
  const commands: string[] = [];
  const answers: unknown[] = [];
  const { signal } = new AbortController();
  const world: TrialWorld = {
    region: "eu",
    now: () => 0,
    command: async (line) => void commands.push(line),
    awaitFinding: async () => finding,
    run: async (_runbook, _finding, _inputs, person, beforeStep) => {
      await beforeStep("agree");
      answers.push(await person.choice("Which of eu?", [{ value: "a" }], signal));
      answers.push(await person.confirm("Really?", signal), await person.confirm("Run restart? kubectl …", signal));
      answers.push(await person.choice("agree failed: x", [{ value: "retry" }], signal));
      return done;
    },
    awaitPass: async () => ({ answer: "pass", findings: [] }),
    ...more,
  };
  return { tried: await tryRunbook(parseRunbook(text, "trial.md"), world), commands, answers };
}

describe("the test of a runbook", () => {
  it("A test injects the fault, answers as its front matter says, and acts for the rest of the world", async () => {
    const { tried, commands, answers } = await tryIt(tested);
    expect(tried).toMatchObject({ outcome: "passed", run: "r1", finding: "mesh/istiod: istiod: is down" });
    expect(commands).toEqual(["sandbox fail region eu", "sandbox heal istiod"]);
    expect(answers).toEqual(["a", true, true, "stop"]);
  });

  it.each<readonly [string, string, Partial<TrialWorld>, string]>([
    ["there is no test", source(""), {}, "nothing was tested"],
    [
      "the finding does not come",
      tested,
      {
        awaitFinding: async () => {
          throw new AppError("RUNBOOK_TRIAL_FAILED", "After the fault: no finding.");
        },
      },
      "no finding",
    ],
    [
      "the run fails",
      tested,
      { run: async () => ({ ...done, outcome: "failed", exit: 3, at: { step: "agree", summary: "no" } }) },
      "the run failed at agree: no",
    ],
    [
      "something does not hold afterwards",
      tested,
      { awaitPass: async () => ({ answer: "fail", findings: [finding] }) },
      "istiod: is down",
    ],
    [
      "nothing was checked afterwards",
      tested,
      { awaitPass: async () => ({ answer: "unknown", findings: [] }) },
      "nothing was checked afterwards",
    ],
    [
      "a question has no answer",
      tested.replace("answers: { way: a, agree: yes }", "answers: { agree: yes }"),
      {},
      "no answer for: Which of eu?",
    ],
  ])("A test fails if %s", async (_what, text, more, why) => {
    const { tried } = await tryIt(text, more);
    expect(tried).toMatchObject({ outcome: "failed", summary: expect.stringContaining(why) as unknown });
  });
});
