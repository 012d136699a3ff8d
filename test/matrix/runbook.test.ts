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

/** Returns whether the process was killed. A failed step is left as it is. */
async function untilKilled(trial: RunbookTrial): Promise<boolean> {
  trial.answers = ["restart", true, "stop"];
  try {
    await trial.go({ yes: true });
    return false;
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    return true;
  }
}

/** Answers what a resumed run still asks. */
function answersLeft(trial: RunbookTrial): (string | boolean)[] {
  const { steps, values } = recordedOf(entriesOf(trial));
  const isDone = (name: string): boolean => steps.some((step) => step.name === name && step.state === "done");
  return [...(values.has("way") ? [] : ["restart"]), ...(isDone("agree") ? [] : [true])];
}

const whole = trialOf();
await untilKilled(whole);
const lines = whole.lines.all.length;

describe("a runbook of twelve steps that is killed at any line of its journal", () => {
  it("The run without a kill does every step once", () => {
    expect(lines).toBeGreaterThan(40);
    for (const program of Object.values(programOf)) expect([program, countOf(whole, program)]).toEqual([program, 1]);
  });

  it.each(
    Array.from({ length: lines }, (_, at) => at + 1).flatMap((at) => [[at, "before"] as const, [at, "after"] as const]),
  )(
    "A run killed at line %i, %s it is written, is resumed without repeating a step that was done",
    async (at, when) => {
      const trial = trialOf();
      trial.kill(at, when);
      const wasKilled = await untilKilled(trial);
      expect(wasKilled).toBe(true);
      trial.revive();
      const done = recordedOf(entriesOf(trial))
        .steps.filter(({ state }) => state === "done")
        .map(({ name }) => name);
      const before = Object.fromEntries(
        Object.entries(programOf).map(([name, program]) => [name, countOf(trial, program)]),
      );
      // A kill at the very last line leaves a run that is over.
      if (entriesOf(trial).at(-1)?.event !== "end") {
        trial.answers = answersLeft(trial);
        expect(await trial.go({ yes: true })).toMatchObject({ outcome: "done" });
        expect(trial.answers).toEqual([]);
      }
      for (const [name, program] of Object.entries(programOf)) {
        const count = countOf(trial, program);
        if (done.includes(name)) expect([name, count]).toEqual([name, before[name]]);
        expect([name, count]).toEqual([name, expect.toSatisfy((times: number) => times === 1 || times === 2)]);
      }
      const recorded = recordedOf(entriesOf(trial));
      expect(recorded.values.get("phase")).toBe("Running");
      expect(recorded.values.get("note")).toBe("noted");
    },
  );

  it("A run that is undone and killed at any line is undone completely, and only once where that is known", async () => {
    for (let extra = 1; ; extra++) {
      const trial = trialOf();
      await untilKilled(Object.assign(trial, { gate: { answer: "fail", findings: [] } }));
      trial.answers = undefined;
      expect(entriesOf(trial).at(-2)?.event).toBe("failed");
      trial.kill(trial.lines.all.length + extra, "after");
      const undone = await trial.go({ yes: true, undo: true }).catch((error: unknown) => error);
      if (!(undone instanceof Killed)) {
        expect(extra).toBeGreaterThan(8);
        break;
      }
      trial.revive();
      if (entriesOf(trial).at(-1)?.event === "end") continue;
      expect(await trial.go({ yes: true })).toMatchObject({ outcome: "undone" });
      for (const program of ["restore n1", "forget orders-1"]) {
        expect(countOf(trial, program)).toBeGreaterThan(0);
        expect(countOf(trial, program)).toBeLessThan(3);
      }
    }
  });
});
