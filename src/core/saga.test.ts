import { describe, expect, it } from "vitest";
import { memoryLines } from "../../test/support/memory-lines.ts";
import { AppError } from "./error.ts";
import { answerOf } from "./gate.ts";
import { type Journal, openJournal } from "./journal.ts";
import { runSaga, type SagaResult, type Stage } from "./saga.ts";
import { beginSaga, turnBack, unfinishedRun } from "./saga-run.ts";

const clock = { now: () => 0, sleep: async () => undefined };
const { signal } = new AbortController();
const refused = new AppError("AWS_REJECTED", "refused");

/** Things that are there or not; each stage makes one by one change, and takes it away by another. */
function trial() {
  const there = new Set<string>();
  const calls: string[] = [];
  const lines = memoryLines();
  let strike: { at: number; after: boolean } | undefined;
  let changes = 0;
  const change = async (work: () => void): Promise<void> => {
    const struck = strike?.at === changes++ ? strike : undefined;
    if (struck?.after === false) throw new TypeError("killed");
    work();
    if (struck !== undefined) throw new TypeError("killed");
  };
  const stage = (id: string, more: Partial<Stage> = {}): Stage => ({
    id,
    title: `The ${id}`,
    do: (at) => at.change(`make ${id}`, () => change(() => (calls.push(`+${id}`), void there.add(id)))),
    verify: async () =>
      there.has(id)
        ? answerOf([])
        : answerOf([{ id, severity: "fail", subject: id, summary: "is not there", fix: "f" }]),
    undo: async (at) => {
      if (there.has(id))
        await at.change(`drop ${id}`, () => change(() => (calls.push(`-${id}`), void there.delete(id))));
    },
    ...more,
  });
  const go = async (stages: readonly Stage[], from = signal): Promise<SagaResult> => {
    const journal = await openJournal(lines, "trial", clock);
    const run = unfinishedRun(journal) ?? (await beginSaga(journal, "r1", { target: "v2" }));
    return runSaga(stages, run, { clock, patienceMs: 60_000, signal: from, report: () => undefined });
  };
  const kill = (at: number, after: boolean): void => {
    changes = 0;
    strike = { at, after };
  };
  return { there, calls, lines, stage, go, kill, survive: () => (strike = undefined), count: () => changes };
}

const events = (lines: { readonly all: readonly string[] }): string[] =>
  lines.all.map((line) => {
    const { event, stage = "", what = "" } = JSON.parse(line) as Record<string, string>;
    return [event, stage, what].filter((word) => word !== "").join(" ");
  });

describe("a saga", () => {
  it("does its stages in order, and writes down each change before it is made", async () => {
    const { stage, go, lines, calls } = trial();
    const { outcome, stages } = await go([stage("a"), stage("b")]);
    expect(outcome).toBe("done");
    expect(stages.map(({ outcome: each }) => each)).toEqual(["done", "done"]);
    expect(calls).toEqual(["+a", "+b"]);
    expect(events(lines)).toEqual([
      "begin",
      "stage a",
      "change a make a",
      "done a",
      "stage b",
      "change b make b",
      "done b",
      "end done",
    ]);
  });

  it("does not do what is so already", async () => {
    const { stage, go, there, calls } = trial();
    there.add("a");
    await go([stage("a"), stage("b")]);
    expect(calls).toEqual(["+b"]);
  });

  it("takes everything back when a stage fails, the last one first", async () => {
    const { stage, go, there, calls } = trial();
    const { outcome, failure, stages } = await go([
      stage("a"),
      stage("b"),
      stage("c", { do: () => Promise.reject(refused) }),
      stage("d"),
    ]);
    expect({ outcome, failure }).toEqual({ outcome: "undone", failure: refused });
    expect(stages.map(({ outcome: each }) => each)).toEqual(["undone", "undone", "failed", "not-reached"]);
    expect(calls).toEqual(["+a", "+b", "-b", "-a"]);
    expect([...there]).toEqual([]);
  });

  it("fails when what was done cannot be seen, and says what was found", async () => {
    const { stage, go } = trial();
    const { failure } = await go([stage("a"), stage("b", { do: async () => undefined })]);
    expect(failure).toMatchObject({ code: "SAGA_STAGE_UNPROVEN", message: "The b: b: is not there", next: ["f"] });
  });

  it("takes unknown for no proof", async () => {
    const { stage, go } = trial();
    const unknown = answerOf([{ id: "a", severity: "unknown", subject: "a", summary: "nothing answers" }]);
    const { outcome, failure } = await go([stage("a", { verify: async () => unknown })]);
    expect(outcome).toBe("undone");
    expect(failure?.message).toContain("nothing answers");
  });

  it("that cannot go back stops there, and continues back when it is run again", async () => {
    const { stage, go, there } = trial();
    let stubborn = true;
    const b = stage("b");
    const stages = [
      stage("a"),
      { ...b, undo: (at: Parameters<Stage["undo"]>[0]) => (stubborn ? Promise.reject(refused) : b.undo(at)) },
      stage("c", { do: () => Promise.reject(new AppError("TIMED_OUT", "late", { next: ["wait"] })) }),
    ];
    const first = await go(stages);
    expect(first).toMatchObject({ outcome: "stuck", obstacle: refused, failure: { code: "TIMED_OUT" } });
    expect([...there]).toEqual(["a", "b"]);
    stubborn = false;
    const second = await go(stages);
    expect(second).toMatchObject({
      outcome: "undone",
      failure: { code: "TIMED_OUT", message: "late", next: ["wait"] },
    });
    expect([...there]).toEqual([]);
  });

  it("knows while it is rolled back, and in a later process, what a stage has noted", async () => {
    const { stage, go } = trial();
    const heard: unknown[] = [];
    const listening = stage("a", {
      undo: async (at) => {
        heard.push(at.noted("b was seen"), at.noted("c was seen"));
        if (heard.length < 4) throw refused;
      },
    });
    const failing = stage("b", { do: () => Promise.reject(refused), undo: (at) => at.note("b was seen", { at: 1 }) });
    await go([listening, failing]);
    await go([listening, failing]);
    expect(heard).toEqual([{ at: 1 }, undefined, { at: 1 }, undefined]);
  });

  it("is turned back at a person's wish", async () => {
    const { stage, go, kill, survive, there, lines } = trial();
    const stages = [stage("a"), stage("b")];
    kill(1, true);
    await expect(go(stages)).rejects.toThrow("killed");
    survive();
    const journal: Journal = await openJournal(lines, "trial", clock);
    const run = unfinishedRun(journal);
    if (run === undefined) throw new Error("there is no unfinished run");
    await turnBack(run, new AppError("SAGA_TURNED_BACK", "at your wish"));
    expect((await go(stages)).outcome).toBe("undone");
    expect([...there]).toEqual([]);
  });

  it("ends by the reason of an abort, takes nothing back, and can continue", async () => {
    const { stage, go, there } = trial();
    const controller = new AbortController();
    const reason = new AppError("INTERRUPTED", "Ctrl-C");
    const stages = [stage("a"), stage("b", { do: () => Promise.reject(new Error("a library's own abort error")) })];
    stages[1] = {
      ...(stages[1] as Stage),
      do: async () => (controller.abort(reason), controller.signal.throwIfAborted()),
    };
    await expect(go(stages, controller.signal)).rejects.toBe(reason);
    expect([...there]).toEqual(["a"]);
    expect((await go([stage("a"), stage("b")])).outcome).toBe("done");
  });

  it("is not rolled back for a bug", async () => {
    const { stage, go, there } = trial();
    await expect(go([stage("a"), stage("b", { do: () => Promise.reject(new TypeError("x")) })])).rejects.toThrow("x");
    expect([...there]).toEqual(["a"]);
  });
});

describe("killed before or after any change", () => {
  it("finishes when it is run again, and does nothing twice", async () => {
    for (const after of [false, true]) {
      for (let at = 0; at < 3; at++) {
        const { stage, go, kill, survive, calls } = trial();
        const stages = [stage("a"), stage("b"), stage("c")];
        kill(at, after);
        await expect(go(stages)).rejects.toThrow("killed");
        survive();
        expect((await go(stages)).outcome).toBe("done");
        expect(calls).toEqual(["+a", "+b", "+c"]);
      }
    }
  });

  it("also while it is rolled back", async () => {
    for (const after of [false, true]) {
      for (let at = 2; at < 4; at++) {
        const { stage, go, kill, survive, calls, there } = trial();
        const stages = [stage("a"), stage("b"), stage("c", { do: () => Promise.reject(refused) })];
        kill(at, after);
        await expect(go(stages)).rejects.toThrow("killed");
        survive();
        const { outcome, failure } = await go(stages);
        expect({ outcome, code: failure?.code }).toEqual({ outcome: "undone", code: "AWS_REJECTED" });
        expect(calls).toEqual(["+a", "+b", "-b", "-a"]);
        expect([...there]).toEqual([]);
      }
    }
  });
});
