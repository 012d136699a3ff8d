import { describe, expect, it } from "vitest";
import { virtualClock } from "../../test/support/virtual-clock.ts";
import { memoryLines } from "../../test/support/memory-lines.ts";
import { applyPlan } from "./apply.ts";
import type { StepResult } from "./step-result.ts";
import type { Clock } from "./clock.ts";
import { AppError } from "./error.ts";
import type { Operation } from "./operation.ts";
import { isPartOf } from "./drift.ts";
import { actionOn } from "./due.ts";
import { makePlan, type Plan } from "./plan.ts";
import {
  type AnyResource,
  asDesired,
  blocked,
  creation,
  type Difference,
  ready,
  type Resource,
  type ResourceContext,
  update,
} from "./resource.ts";
import { type JournalLines, openJournal } from "./journal.ts";
import { beginRun, type StepProgress } from "./run.ts";
import { resourceGraph, type ResourceNode } from "./resource-graph.ts";

/** A world of named things, each with the value it has. */
type World = Map<string, string>;
type Thing = Resource<World, string | undefined, string>;

const signal = new AbortController().signal;

function thing(id: string, needs: readonly AnyResource<World>[] = [], more: Partial<Thing> = {}): Thing {
  return {
    id,
    title: `The ${id}`,
    needs,
    read: async ({ world }) => world.get(id),
    diff: (actual) => (actual === undefined ? { operations: [creation(id)] } : asDesired),
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

function nodesOf(resources: readonly AnyResource<World>[], world: World): readonly ResourceNode<World>[] {
  return resourceGraph(resources, [{ region: "eu", world, isPrimary: true }]);
}

function planOf(resources: readonly AnyResource<World>[], world: World): Promise<Plan> {
  return makePlan(nodesOf(resources, world), async () => undefined, signal);
}

async function bring(
  world: World,
  steps: readonly AnyResource<World>[],
  options: { plan?: Plan; clock?: Clock; signal?: AbortSignal; lines?: JournalLines } = {},
): Promise<{ results: Record<string, StepResult>; told: StepProgress[] }> {
  const told: StepProgress[] = [];
  const nodes = nodesOf(steps, world);
  const plan = options.plan ?? (await planOf(steps, world));
  const settings = {
    clock: options.clock ?? fakeClock(),
    signal: options.signal ?? signal,
    report: (each: StepProgress) => void told.push(each),
  };
  const run = await beginRun(await openJournal(options.lines ?? memoryLines(), "trial", settings.clock), "r1", {});
  const { results } = await applyPlan(nodes, plan.changes, run, settings);
  return { results: Object.fromEntries(results.map((each) => [each.step, each])), told };
}

describe("applying a plan", () => {
  it("writes each change to the journal before it is made", async () => {
    const lines = memoryLines();
    const written = (): readonly string[] =>
      lines.all.map((line) => {
        const { event, stage = "" } = JSON.parse(line) as Record<string, string>;
        return `${event} ${stage}`;
      });
    const seen: (readonly string[])[] = [];
    const a = thing("a", [], {
      apply: async (_actual, { world }) => {
        seen.push(written());
        world.set("a", "a-1");
      },
    });
    await bring(new Map([["b", "b-1"]]), [a, thing("b", [a])], { lines });
    expect(seen).toEqual([["begin ", "change eu/a"]]);
    expect(written()).toEqual(["begin ", "change eu/a", "done eu/a"]);
  });

  it("leaves alone what could not be read when the plan was made", async () => {
    let reads = 0;
    const world: World = new Map();
    const scope = "platform";
    const shared = thing("shared", [], {
      scope,
      read: async () => {
        if (reads++ === 0) throw new AppError("AWS_UNREACHABLE", "no answer");
        return world.get("shared");
      },
    });
    const { results } = await bring(world, [shared, thing("user", [shared], { scope }), thing("other", [], { scope })]);
    expect(world).toEqual(new Map([["other", "other-1"]]));
    expect(results["shared"]).toBeUndefined();
    expect(results["other"]).toMatchObject({ outcome: "changed" });
    expect(reads).toBe(2);
  });

  it("takes as long as the slowest chain, however many resources AWS is working on at once", async () => {
    const clock = virtualClock();
    const world: World = new Map();
    const minutes = (id: string, count: number, needs: readonly AnyResource<World>[] = []): Thing => {
      let readyAt = Number.POSITIVE_INFINITY;
      const call = () => clock.sleep(100);
      return thing(id, needs, {
        read: async () => {
          await call();
          return world.get(id);
        },
        apply: async () => {
          await call();
          readyAt = clock.now() + count * 60_000;
          world.set(id, `${id}-1`);
        },
        ready: () => (clock.now() >= readyAt ? ready : { state: "waiting", detail: "creating" }),
      });
    };
    // Forty that take eight minutes are started before a chain that takes twenty.
    const wide = Array.from({ length: 40 }, (_, at) => minutes(`wide-${at}`, 8));
    const network = minutes("network", 5);
    const cluster = minutes("cluster", 10, [network]);
    const steps = [...wide, network, cluster, minutes("nodes", 5, [cluster])];
    const plan = await planOf(steps, new Map());
    const begun = clock.now();
    const { results } = await bring(world, steps, { clock, plan });
    expect(Object.values(results).filter(({ outcome }) => outcome !== "changed")).toEqual([]);
    expect((clock.now() - begun) / (20 * 60_000)).toBeLessThanOrEqual(1.1);
  });

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
    expect((await planOf(steps, world)).changes.map(actionOn)).toEqual(["none", "none"]);
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
    const diff = (): Difference => blocked("cannot be changed");
    const there = thing("there", [], { diff });
    const absent = thing("absent", [], { diff });
    const world: World = new Map([["there", "there-0"]]);
    const { results } = await bring(world, [there, absent, thing("b", [there]), thing("c", [absent])]);
    expect(results["there"]).toMatchObject({ outcome: "blocked", summary: "cannot be changed" });
    expect(results["b"]).toMatchObject({ outcome: "changed" });
    expect(results["c"]).toMatchObject({ outcome: "skipped" });
  });

  it("refuses a change that is not the plan's, and makes none", async () => {
    const a = thing("a", [], {
      diff: (actual) => ({ operations: [update("a", "side", "up", actual ?? "")] }),
      apply: () => Promise.reject(new Error("must not be called")),
    });
    const world: World = new Map([["a", "left"]]);
    const plan = await planOf([a], world);
    world.set("a", "right");
    const { results } = await bring(world, [a], { plan });
    expect(results["a"]?.error?.code).toBe("PLAN_DRIFTED");
  });

  it("refuses what the plan holds for done, but is gone", async () => {
    const world: World = new Map([["a", "a-1"]]);
    const plan = await planOf([thing("a")], world);
    world.clear();
    expect((await bring(world, [thing("a")], { plan })).results["a"]?.error?.code).toBe("PLAN_DRIFTED");
  });

  it("takes for done what was done since the plan was made", async () => {
    const world: World = new Map();
    const plan = await planOf([thing("a")], world);
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
      "running a",
      "running CREATING, 0ms",
      "running CREATING, 500ms",
      "done a",
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
    const plan = await planOf([a], world);
    expect(plan.changes[0]?.operations).toEqual([{ verb: "wait", target: "The a" }]);
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

  it("What helps comes first in the next steps, whether a resource failed, waited too long or is blocked", async () => {
    const next = ["kubectl get pdb -A"];
    const failing = thing("a", [], {
      ready: (actual) => (actual === undefined ? ready : { state: "failed", reason: "no capacity", next }),
    });
    const waiting = thing("b", [], {
      patienceMs: 60_000,
      ready: () => ({ state: "waiting", detail: "DEGRADED", next }),
    });
    const stopped = thing("c", [], { diff: () => blocked("a budget is in the way", [], next) });
    const { results } = await bring(new Map(), [failing, waiting, stopped]);
    expect(results["a"]?.error?.next).toEqual([...next, expect.stringMatching(/^Fix the cause/)]);
    expect(results["b"]?.error?.next).toEqual([...next, expect.stringMatching(/^Run the same command again/)]);
    expect(results["c"]).toMatchObject({ outcome: "blocked", next });
    const plan = await planOf([failing], new Map([["a", "a-1"]]));
    expect(plan.changes[0]?.obstacle).toEqual({ kind: "blocked", reason: "no capacity", next });
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

describe("what is due now is part of a plan", () => {
  const vpc = { range: "10.0.0.0/16", policies: ["a", "b"] };
  const wait: Operation = { verb: "wait", target: "vpc" };
  it.each<readonly [string, readonly Operation[], readonly Operation[], boolean]>([
    ["the same update", [update("vpc", "dns", true)], [update("vpc", "dns", true)], true],
    ["a part of what is planned", [creation("a"), update("b", "dns", true)], [update("b", "dns", true)], true],
    ["the same field of another thing", [update("a", "dns", true)], [update("b", "dns", true)], false],
    ["another value", [update("a", "size", 3)], [update("a", "size", 4)], false],
    ["another value before", [update("a", "size", 3, 1)], [update("a", "size", 3, 2)], false],
    ["the same creation", [creation("vpc", vpc)], [creation("vpc", vpc)], true],
    ["a creation with another field", [creation("vpc", vpc)], [creation("vpc", { range: "10.9.0.0/16" })], false],
    ["what is left of a creation", [creation("vpc", vpc)], [update("vpc", "policies", "b")], true],
    ["what no creation has", [creation("vpc", vpc)], [update("vpc", "policies", "c")], false],
    ["a change of what a creation set", [creation("vpc", vpc)], [update("vpc", "range", "10.9.0.0/16", "x")], false],
    ["any change of what could not be read", [creation("vpc")], [update("vpc", "policies", "c")], true],
    ["a creation instead of an update", [update("vpc", "dns", true)], [creation("vpc", vpc)], false],
    ["a deletion instead of an update", [update("vpc", "dns", true)], [{ verb: "delete", target: "vpc" }], false],
    ["the same deletion", [{ verb: "delete", target: "vpc" }], [{ verb: "delete", target: "vpc" }], true],
    ["a creation where nothing is planned", [], [creation("vpc", vpc)], false],
    ["only waiting", [], [wait], true],
  ])("%s", (_what, planned, now, part) => {
    expect(isPartOf({ operations: planned }, { operations: now })).toBe(part);
  });

  it("not where it could not be done when the plan was made", () => {
    const operations = [update("vpc", "dns", true)];
    expect(isPartOf(blocked("another manager owns it", operations), { operations })).toBe(false);
  });
});

describe("killed at any change", () => {
  it("continues in the next run, and makes nothing twice", async () => {
    const made: string[] = [];
    let left = 0;
    const mortal = (id: string, needs: readonly AnyResource<World>[] = []): Thing =>
      thing(id, needs, {
        apply: async (_actual: string | undefined, { world }: ResourceContext<World>) => {
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
