import { describe, expect, it } from "vitest";
import { recordedOf } from "../../src/runbooks/record/recorded.ts";
import type { JournalEntry } from "../../src/core/journal.ts";
import { fence, Killed, type RunbookTrial, runbookTrial } from "../support/runbook-trial.ts";

/** Twelve steps of every kind, two of which can be undone. */
const twelve = [
  fence("kubectl name=look output=phase=/status/phase", "get pod ${pod} -o json"),
  fence("gennet name=status reads", "status"),
  fence("ask name=way choices=restart,leave", "What?"),
  fence("approve name=agree", "Restart ${pod}?"),
  fence("kubectl name=cordon safe", "cordon n1"),
  fence("kubectl name=uncordon undo-of=cordon safe", "restore n1"),
  fence("wait name=pause", "10m"),
  fence('kubectl name=restart safe when="way == restart"', "delete pod ${pod}"),
  fence("shell name=record safe output=note=text", "record"),
  fence("kubectl name=unrecord undo-of=record safe", "forget ${pod}"),
  fence("check name=healthy timeout=1m", "pods/running"),
  fence("aws name=tag safe", "ec2 create-tags --resources x"),
].join("");

const programOf: Readonly<Record<string, string>> = {
  cordon: "cordon n1",
  restart: "delete pod",
  record: "record",
  tag: "create-tags",
};

function trialOf(): RunbookTrial {
  const trial = runbookTrial(twelve);
  trial.programs.set("get pod", { stdout: '{"status":{"phase":"Running"}}' });
  trial.programs.set("record", { stdout: "noted" });
  return trial;
}

const entriesOf = (trial: RunbookTrial): JournalEntry[] =>
  trial.lines.all.map((line) => JSON.parse(line) as JournalEntry);
const countOf = (trial: RunbookTrial, program: string): number =>
  trial.ran.filter((line) => line.includes(program)).length;

/** Answers what a resumed run still asks. */
function answersLeft(trial: RunbookTrial): (string | boolean)[] {
  const { steps, values } = recordedOf(entriesOf(trial));
  const isDone = (name: string): boolean => steps.some((step) => step.name === name && step.state === "done");
  return [...(values.has("way") ? [] : ["restart"]), ...(isDone("agree") ? [] : [true])];
}

/** A run whose last check failed, and that can be undone. */
async function failedRun(): Promise<RunbookTrial> {
  const trial = trialOf();
  trial.gate = { answer: "fail", findings: [] };
  trial.answers = ["restart", true, "stop"];
  expect(await trial.go({ yes: true })).toMatchObject({ outcome: "failed" });
  expect(entriesOf(trial).at(-2)?.event).toBe("failed");
  trial.answers = undefined;
  return trial;
}

/** The length of the journal of a run without a kill. */
const lines = 48;

describe("a runbook of twelve steps that is killed at any line of its journal", () => {
  it("The run without a kill does every step once", async () => {
    const whole = trialOf();
    whole.answers = ["restart", true];
    expect(await whole.go({ yes: true })).toMatchObject({ outcome: "done" });
    expect(whole.lines.all).toHaveLength(lines);
    for (const program of Object.values(programOf)) expect([program, countOf(whole, program)]).toEqual([program, 1]);
  });

  it.each(
    Array.from({ length: lines }, (_, at) => at + 1).flatMap((at) => [[at, "before"] as const, [at, "after"] as const]),
  )(
    "A run killed at line %i, %s it is written, is resumed without repeating a step that was done",
    async (at, when) => {
      const trial = trialOf();
      trial.kill(at, when);
      trial.answers = ["restart", true];
      await expect(trial.go({ yes: true })).rejects.toThrow(Killed);
      trial.revive();
      const done = recordedOf(entriesOf(trial))
        .steps.filter(({ state }) => state === "done")
        .map(({ name }) => name);
      // Only a kill after the very last line leaves a run that is over.
      const isOver = entriesOf(trial).at(-1)?.event === "end";
      expect(isOver).toBe(at === lines && when === "after");
      trial.answers = answersLeft(trial);
      const resumed = isOver ? undefined : await trial.go({ yes: true });
      expect(resumed?.outcome).toBe(isOver ? undefined : "done");
      expect(trial.answers).toEqual([]);
      for (const [name, program] of Object.entries(programOf)) {
        expect(done.includes(name) ? [1] : [1, 2], name).toContain(countOf(trial, program));
      }
      const recorded = recordedOf(entriesOf(trial));
      expect(recorded.values.get("phase")).toBe("Running");
      expect(recorded.values.get("note")).toBe("noted");
    },
  );

  it("A run that is undone and killed at any line is undone completely, and only once where that is known", async () => {
    const whole = await failedRun();
    const before = whole.lines.all.length;
    expect(await whole.go({ yes: true, undo: true })).toMatchObject({ outcome: "undone" });
    const count = whole.lines.all.length - before;
    expect(count).toBeGreaterThan(7);
    for (let extra = 1; extra <= count; extra++) {
      const trial = await failedRun();
      trial.kill(before + extra, "after");
      await expect(trial.go({ yes: true, undo: true })).rejects.toThrow(Killed);
      trial.revive();
      const isOver = entriesOf(trial).at(-1)?.event === "end";
      expect(isOver).toBe(extra === count);
      const resumed = isOver ? undefined : await trial.go({ yes: true });
      expect(resumed?.outcome).toBe(isOver ? undefined : "undone");
      for (const program of ["restore n1", "forget orders-1"]) {
        expect(countOf(trial, program)).toBeGreaterThan(0);
        expect(countOf(trial, program)).toBeLessThan(3);
      }
    }
  });
});
