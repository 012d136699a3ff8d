import { describe, expect, it } from "vitest";
import { applyPlan, isPartOf, type Progress, type StepResult } from "./apply.ts";
import type { Clock } from "./clock.ts";
import { AppError } from "./error.ts";
import { makePlan, type Plan } from "./plan.ts";
import { type Action, type AnyStep, type At, type Change, nothing, ready, type Step } from "./step.ts";

/** A world of named things, each with the value it has. */
type World = Map<string, string>;
type Thing = Step<World, string | undefined, string>;

const signal = new AbortController().signal;

function thing(id: string, needs: readonly AnyStep<World>[] = [], more: Partial<Thing> = {}): Thing {
  return {
    id,
    title: `The ${id}`,
    scope: "region",
    needs,
    read: async ({ world }) => world.get(id),
    diff: (actual) => (actual === undefined ? { action: "create", summary: `make ${id}`, details: [] } : nothing),
    apply: async (_actual, { world }) => void world.set(id, `${id}-1`),
    ready: (actual) => (actual === undefined ? { state: "waiting", detail: "not visible yet" } : ready),
    output: (actual) => actual,
    ...more,
  };
}

/** Time passes only by sleeping. */
function fakeClock(whenSleeping: () => void = () => undefined): Clock {
  let now = 0;
  return {
    now: () => now,
    sleep: async (ms, aborted) => {
      aborted?.throwIfAborted();
      now += ms;
      whenSleeping();
    },
  };
}

async function bring(
  world: World,
  steps: readonly AnyStep<World>[],
  options: { plan?: Plan; clock?: Clock; signal?: AbortSignal } = {},
): Promise<{ results: Record<string, StepResult>; told: Progress[] }> {
  const told: Progress[] = [];
  const plan = options.plan ?? (await makePlan(steps, world, {}, signal));
  const settings = {
    clock: options.clock ?? fakeClock(),
    signal: options.signal ?? signal,
    report: (each: Progress) => void told.push(each),
  };
  const results = await applyPlan(steps, plan, world, settings);
  return { results: Object.fromEntries(results.map((each) => [each.step, each])), told };
}

describe("applying a plan", () => {
  it("hands the outputs of a step to those that need it", async () => {
    const a = thing("a");
    const b = thing("b", [a], { apply: async (_actual, at) => void at.world.set("b", `on ${at.required(a)}`) });
    const world: World = new Map();
    await bring(world, [b, a]);
    expect(world.get("b")).toBe("on a-1");
  });

  it("leaves nothing for a second run", async () => {
    const a = thing("a");
    const steps = [a, thing("b", [a])];
    const world: World = new Map();
    await bring(world, steps);
    expect((await makePlan(steps, world, {}, signal)).changes.map(({ action }) => action)).toEqual(["none", "none"]);
  });

  it("stops what needs a failed step, and continues with the others", async () => {
    const rejected = new AppError("AWS_REJECTED", "a quota is used up");
    const a = thing("a", [], { apply: () => Promise.reject(rejected) });
    const world: World = new Map();
    const { results } = await bring(world, [a, thing("b", [a]), thing("c")]);
    expect(results["a"]).toMatchObject({ outcome: "failed", error: rejected });
    expect(results["b"]).toMatchObject({ outcome: "skipped", summary: "waits for a" });
    expect(results["c"]).toMatchObject({ outcome: "changed" });
  });

  it("continues where a blocked step gives what the next one needs, not where it does not", async () => {
    const blocked = { action: "blocked", summary: "cannot be changed", details: [] } as const;
    const there = thing("there", [], { diff: () => blocked });
    const absent = thing("absent", [], { diff: () => blocked });
    const world: World = new Map([["there", "there-0"]]);
    const { results } = await bring(world, [there, absent, thing("b", [there]), thing("c", [absent])]);
    expect(results["there"]).toMatchObject({ outcome: "blocked", summary: "cannot be changed" });
    expect(results["b"]).toMatchObject({ outcome: "changed" });
    expect(results["c"]).toMatchObject({ outcome: "skipped" });
  });

  it("refuses a change that is not the plan's, and makes none", async () => {
    const a = thing("a", [], {
      diff: (actual) => ({ action: "update", summary: "turn it", details: [`from ${actual}`] }),
      apply: () => Promise.reject(new Error("must not be called")),
    });
    const world: World = new Map([["a", "left"]]);
    const plan = await makePlan([a], world, {}, signal);
    world.set("a", "right");
    const { results } = await bring(world, [a], { plan });
    expect(results["a"]?.error?.code).toBe("PLAN_DRIFTED");
  });

  it("refuses what the plan holds for done, but is gone", async () => {
    const world: World = new Map([["a", "a-1"]]);
    const plan = await makePlan([thing("a")], world, {}, signal);
    world.clear();
    expect((await bring(world, [thing("a")], { plan })).results["a"]?.error?.code).toBe("PLAN_DRIFTED");
  });

  it("takes for done what was done since the plan was made", async () => {
    const world: World = new Map();
    const plan = await makePlan([thing("a")], world, {}, signal);
    world.set("a", "a-1");
    expect((await bring(world, [thing("a")], { plan })).results["a"]?.outcome).toBe("unchanged");
  });

  it("waits until what was made is ready, and tells what it waits for and how long", async () => {
    const states = ["CREATING", "CREATING", "ACTIVE"];
    const a = thing("a", [], {
      ready: (actual) =>
        actual === undefined || states[0] === "ACTIVE" ? ready : { state: "waiting", detail: states[0] ?? "" },
    });
    const { results, told } = await bring(new Map(), [a], { clock: fakeClock(() => void states.shift()) });
    expect(results["a"]).toMatchObject({ outcome: "changed", durationMs: 1_300 });
    expect(told.map(({ state, detail }) => `${state} ${detail}`)).toEqual([
      "running make a",
      "running CREATING, 0ms",
      "running CREATING, 500ms",
      "done make a",
    ]);
  });

  it("waits until a change can be read back: answers may lag behind", async () => {
    const world: World = new Map();
    const slow = thing("a", [], { apply: async () => undefined });
    const { results } = await bring(world, [slow], { clock: fakeClock(() => void world.set("a", "a-1")) });
    expect(results["a"]?.outcome).toBe("changed");
  });

  it("keeps waiting for what an earlier run began, without making it again", async () => {
    let done = false;
    const a = thing("a", [], {
      ready: () => (done ? ready : { state: "waiting", detail: "CREATING" }),
      apply: () => Promise.reject(new Error("must not be called")),
    });
    const world: World = new Map([["a", "a-1"]]);
    const plan = await makePlan([a], world, {}, signal);
    expect(plan.changes[0]).toMatchObject({ action: "update", summary: "wait until it is ready" });
    const { results } = await bring(world, [a], { plan, clock: fakeClock(() => void (done = true)) });
    expect(results["a"]?.outcome).toBe("changed");
  });

  it("gives up with the last word of the other side when its patience ends", async () => {
    const a = thing("a", [], { patienceMs: 60_000, ready: () => ({ state: "waiting", detail: "CREATING" }) });
    const { results } = await bring(new Map(), [a]);
    expect(results["a"]?.error).toMatchObject({ code: "STEP_NOT_READY" });
    expect(results["a"]?.summary).toMatch(/^The a: still CREATING after 1m/);
  });

  it("reports what the other side says has failed", async () => {
    const a = thing("a", [], {
      ready: (actual) => (actual === undefined ? ready : { state: "failed", reason: "no capacity" }),
    });
    const { results } = await bring(new Map(), [a]);
    expect(results["a"]?.error).toMatchObject({ code: "STEP_FAILED", message: "The a: no capacity" });
  });

  it("ends by the reason of an abort, without beginning anything more", async () => {
    const controller = new AbortController();
    const reason = new AppError("INTERRUPTED", "Ctrl-C");
    const a = thing("a", [], { ready: () => ({ state: "waiting", detail: "CREATING" }) });
    const world: World = new Map();
    const clock = fakeClock(() => controller.abort(reason));
    await expect(bring(world, [a, thing("b", [a])], { clock, signal: controller.signal })).rejects.toBe(reason);
    expect([...world.keys()]).toEqual(["a"]);
  });

  it("does not hide a bug as a failed step", async () => {
    const bug = new TypeError("undefined is not a function");
    const a = thing("a", [], { apply: () => Promise.reject(bug) });
    await expect(bring(new Map(), [a])).rejects.toBe(bug);
  });
});

describe("a change is part of a plan", () => {
  const change = (action: Action, ...details: string[]): Change => ({ action, summary: "", details });
  it.each([
    ["the same", change("update", "a"), change("update", "a"), true],
    ["a part of an update", change("update", "a", "b"), change("update", "b"), true],
    ["another update", change("update", "a"), change("update", "b"), false],
    ["what is left of a create", change("create", "a", "b"), change("update", "attach it"), true],
    ["another create", change("create", "1.34"), change("create", "1.35"), false],
    ["a create for an update", change("update", "a"), change("create", "a"), false],
    ["an update for nothing", change("none"), change("update", "a"), false],
    ["a create for nothing", change("none"), change("create"), false],
    ["only to wait", change("none"), change("update"), true],
  ])("%s", (_what, planned, now, part) => expect(isPartOf(planned, now)).toBe(part));
});

describe("killed at any change", () => {
  it("continues in the next run, and makes nothing twice", async () => {
    const made: string[] = [];
    let left = 0;
    const mortal = (id: string, needs: readonly AnyStep<World>[] = []): Thing =>
      thing(id, needs, {
        apply: async (_actual: string | undefined, { world }: At<World>) => {
          if (left-- === 0) throw new TypeError("killed");
          made.push(id);
          world.set(id, `${id}-1`);
        },
      });
    const a = mortal("a");
    const b = mortal("b", [a]);
    const steps = [a, b, mortal("c", [a]), mortal("d", [b])];
    for (let killedAt = 0; killedAt < 4; killedAt++) {
      const world: World = new Map();
      made.length = 0;
      left = killedAt;
      await expect(bring(world, steps)).rejects.toThrow("killed");
      left = Infinity;
      await bring(world, steps);
      expect(made.toSorted()).toEqual(["a", "b", "c", "d"]);
    }
  });
});
