import { describe, expect, it } from "vitest";
import { awsChanges } from "../../test/support/aws-changes.ts";
import { memoryLines } from "../../test/support/memory-lines.ts";
import { applyPlan } from "./apply.ts";
import type { StepResult } from "./step-result.ts";
import { AppError } from "./error.ts";
import { openJournal } from "./journal.ts";
import { makePlan, type Plan } from "./plan.ts";
import { type AnyResource, asDesired, blocked, creation, ready, type Resource, update } from "./resource.ts";
import { type GraphChoice, resourceGraph, type ResourceNode } from "./resource-graph.ts";
import { beginRun, type StepProgress } from "./run.ts";

const signal = new AbortController().signal;

interface World {
  /** The state of each thing that exists. */
  readonly things: Map<string, string>;
  /** The things that gennet.yaml does not want. */
  readonly unwanted: ReadonlySet<string>;
  readonly cloud: ReturnType<typeof awsChanges>;
}
type Thing = Resource<World, string | undefined, string>;

function worldOf(things: Readonly<Record<string, string>>, ...unwanted: readonly string[]): World {
  return { things: new Map(Object.entries(things)), unwanted: new Set(unwanted), cloud: awsChanges() };
}

/** A thing whose deletion takes a while, and which is protected from it while its state is `protected`. */
function thing(id: string, needs: readonly AnyResource<World>[] = [], more: Partial<Thing> = {}): Thing {
  return {
    id,
    title: `The ${id}`,
    needs,
    wanted: ({ unwanted }) => !unwanted.has(id),
    read: async ({ world: { things, cloud } }) => {
      if (things.get(id) === "deleting" && cloud.isReady(id)) things.delete(id);
      return things.get(id);
    },
    diff: (actual) => (actual === undefined ? { operations: [creation(id)] } : asDesired),
    apply: (_actual, { world: { things, cloud } }) => cloud.change(() => void things.set(id, "there")),
    ready: (actual) => (actual === undefined ? { state: "waiting", detail: "not visible yet" } : ready),
    output: (actual) => actual,
    removal: {
      diff: (actual) => {
        if (actual === undefined || actual === "deleting") return asDesired;
        const lifted = actual === "protected" ? [update(id, "protection", false, true)] : [];
        return { operations: [...lifted, { verb: "delete", target: id }] };
      },
      apply: async (actual, { world: { things, cloud } }) => {
        if (actual === "protected") await cloud.change(() => void things.set(id, "there"));
        await cloud.change(() => {
          things.set(id, "deleting");
          cloud.begin(id);
        });
      },
      gone: (actual) => (actual === undefined ? ready : { state: "waiting", detail: actual }),
      keeps: (actual) => (actual === undefined ? [`a snapshot of ${id}`] : []),
    },
    ...more,
  };
}

function nodesOf(
  resources: readonly AnyResource<World>[],
  world: World,
  choice?: GraphChoice<World>,
): readonly ResourceNode<World>[] {
  return resourceGraph(resources, [{ region: "eu", world, isPrimary: true }], choice);
}

function planOf(nodes: readonly ResourceNode<World>[]): Promise<Plan> {
  return makePlan(nodes, async () => undefined, signal);
}

function titled(id: string): Pick<Plan["changes"][number], "step" | "title"> {
  return { step: id, title: `The ${id}` };
}

interface Done {
  readonly results: Readonly<Record<string, StepResult>>;
  /** The resources whose work ended, in this order. */
  readonly order: readonly string[];
  readonly told: readonly StepProgress[];
}

async function apply(nodes: readonly ResourceNode<World>[], plan?: Plan): Promise<Done> {
  let now = 0;
  const clock = { now: () => now, sleep: async (ms: number) => void (now += ms) };
  const told: StepProgress[] = [];
  const { changes } = plan ?? (await planOf(nodes));
  const run = await beginRun(await openJournal(memoryLines(), "trial", clock), "r1", {});
  const settings = { clock, signal, report: (each: StepProgress) => void told.push(each) };
  const { results } = await applyPlan(nodes, changes, run, settings);
  return {
    results: Object.fromEntries(results.map((each) => [each.step, each])),
    order: results.map(({ step }) => step),
    told,
  };
}

const gateway = thing("gateway");
/** Routes to the gateway while that is wanted. */
const routes = thing("routes", [gateway], {
  diff: (actual, at) => {
    const target = at.output(gateway) === undefined ? "nowhere" : "gateway";
    if (actual === undefined) return { operations: [creation("routes", { to: target })] };
    return { operations: actual === target ? [] : [update("routes", "to", target, actual)] };
  },
  apply: (_actual, at) =>
    at.world.cloud.change(
      () => void at.world.things.set("routes", at.output(gateway) === undefined ? "nowhere" : "gateway"),
    ),
});

describe("what is not wanted", () => {
  it("What is not wanted and does not exist is no part of a plan", async () => {
    const plan = await planOf(nodesOf([gateway, routes], worldOf({ routes: "nowhere" }, "gateway")));
    expect(plan.changes.map(({ step }) => step)).toEqual(["routes"]);
  });

  it("What is not wanted and exists is deleted after what needs it was changed", async () => {
    const world = worldOf({ gateway: "there", routes: "gateway" }, "gateway");
    const nodes = nodesOf([gateway, routes], world);
    const { changes } = await planOf(nodes);
    expect(changes).toMatchObject([
      {
        step: "routes",
        operations: [update("routes", "to", "nowhere", "gateway")],
        why: "it differs from gennet.yaml",
      },
      { step: "gateway", removes: true, operations: [{ verb: "delete", target: "gateway" }] },
    ]);
    expect(changes[1]?.why).toBe("gennet.yaml does not ask for it any more");
    const { order, results } = await apply(nodes);
    expect(order).toEqual(["routes", "gateway"]);
    expect(results["gateway"]).toMatchObject({ outcome: "changed", summary: "gateway" });
    expect([...world.things]).toEqual([["routes", "nowhere"]]);
    expect((await planOf(nodes)).changes.flatMap(({ operations }) => operations)).toEqual([]);
  });

  it("What is not wanted is deleted in the opposite order of its needs, once each is gone", async () => {
    const a = thing("a");
    const b = thing("b", [a]);
    const c = thing("c", [b]);
    const world = worldOf({ a: "there", b: "protected", c: "there" }, "a", "b", "c");
    const { order, told } = await apply(nodesOf([a, b, c], world));
    expect(order).toEqual(["c", "b", "a"]);
    expect(told.filter(({ step }) => step === "b").map(({ state, detail }) => `${state} ${detail}`)).toEqual([
      "running b",
      "running deleting, 0ms",
      "running deleting, 500ms",
      "done b",
    ]);
    expect(world.things.size).toBe(0);
  });

  it("What is not wanted and has no removal goes with what it needs", async () => {
    const cluster = thing("cluster");
    const { removal: _, ...object } = thing("object", [cluster]);
    const world = worldOf({ cluster: "there", object: "there" }, "cluster", "object");
    const { order } = await apply(nodesOf([cluster, object], world));
    expect(order).toEqual(["cluster"]);
  });

  it("What is not wanted has no output for what is wanted, and that is no failure", async () => {
    const world = worldOf({ gateway: "there" }, "gateway");
    const { results } = await apply(nodesOf([gateway, routes], world));
    expect(results["routes"]).toMatchObject({ outcome: "changed" });
    expect(world.things.get("routes")).toBe("nowhere");
  });

  it("A removal waits while what is wanted and needs it has failed", async () => {
    const stuck = { ...routes, apply: () => Promise.reject(new AppError("AWS_REJECTED", "no")) };
    const world = worldOf({ gateway: "there", routes: "gateway" }, "gateway");
    const { results } = await apply(nodesOf([gateway, stuck], world));
    expect(results["gateway"]).toMatchObject({ outcome: "skipped", summary: "waits for routes" });
    expect(world.things.get("gateway")).toBe("there");
  });

  it("A removal that is not possible stops the removal of what it needs, and says so", async () => {
    const a = thing("a");
    const between = thing("between", [a]);
    const { removal } = thing("c");
    if (removal === undefined) throw new Error("the thing has no removal");
    const c = thing("c", [between], { removal: { ...removal, diff: () => blocked("it is in use") } });
    const world = worldOf({ a: "there", c: "there" }, "a", "between", "c");
    const { results } = await apply(nodesOf([a, between, c], world));
    expect(results["c"]).toMatchObject({ outcome: "blocked", summary: "it is in use" });
    expect(results["a"]).toMatchObject({ outcome: "skipped", summary: "waits for c" });
    expect(results["between"]).toBeUndefined();
  });

  it("A removal that fails while it runs is reported with the reason", async () => {
    const { removal } = gateway;
    if (removal === undefined) throw new Error("the gateway has no removal");
    const held = thing("gateway", [], { removal: { ...removal, gone: () => ({ state: "failed", reason: "in use" }) } });
    const { results } = await apply(nodesOf([held], worldOf({ gateway: "there" }, "gateway")));
    expect(results["gateway"]?.error).toMatchObject({ code: "STEP_FAILED", message: "The gateway: in use" });
  });

  it("A removal that the plan does not have is not made", async () => {
    const world = worldOf({}, "gateway");
    const nodes = nodesOf([gateway], world);
    const plan = await planOf(nodes);
    world.things.set("gateway", "there");
    const { results } = await apply(nodes, plan);
    expect(results["gateway"]?.error?.code).toBe("PLAN_DRIFTED");
    expect(world.things.get("gateway")).toBe("there");
  });

  it("A removal that was done since the plan was made is done already", async () => {
    const world = worldOf({ gateway: "there" }, "gateway");
    const nodes = nodesOf([gateway], world);
    const plan = await planOf(nodes);
    world.things.clear();
    expect((await apply(nodes, plan)).results["gateway"]).toMatchObject({
      outcome: "unchanged",
      summary: "is done already",
    });
  });

  it("A resource that cannot be read is not held for gone", async () => {
    const lost = thing("gateway", [], {
      read: () => Promise.reject(new AppError("AWS_REJECTED", "not understood")),
    });
    const world = worldOf({}, "gateway");
    const { results } = await apply(nodesOf([lost], world), {
      changes: [],
      kept: [],
      failures: new Map(),
      silentClusters: new Map(),
    });
    expect(results["gateway"]).toMatchObject({ outcome: "failed", summary: "not understood" });
  });

  describe("that may not be read", () => {
    const denied = thing("gateway", [thing("place")], {
      read: () => Promise.reject(new AppError("AWS_DENIED", "not allowed")),
    });
    const place = denied.needs[0] as Thing;

    it("It is left alone with a note, and everything else is planned and done", async () => {
      const world = worldOf({ place: "there" }, "gateway", "routes");
      const nodes = nodesOf([place, denied, thing("other"), routes], world);
      const { changes, failures } = await planOf(nodes);
      expect(failures.size).toBe(0);
      const reason = "gennet.yaml does not ask for it, and whether it exists is unknown: not allowed";
      expect(changes.filter((change) => change.step !== "place")).toEqual([
        expect.objectContaining({ step: "other", operations: [creation("other")] }),
        { ...titled("gateway"), region: "eu", removes: true, operations: [], obstacle: { kind: "deferred", reason } },
      ]);
      const { results } = await apply(nodes);
      expect(results["gateway"]).toMatchObject({ outcome: "deferred", summary: reason });
      expect(results["other"]).toMatchObject({ outcome: "changed" });
    });

    it("What it would need can be removed: AWS refuses that if it exists", async () => {
      const world = worldOf({ place: "there" }, "gateway", "place");
      await apply(nodesOf([place, denied], world));
      expect(world.things.has("place")).toBe(false);
    });

    it("If gennet.yaml asks for it, there is no plan: also if the region is destroyed", async () => {
      for (const choice of [{}, { isWanted: () => false }]) {
        const { failures } = await planOf(nodesOf([place, denied], worldOf({}), choice));
        expect(failures.get("eu")).toMatchObject({ code: "AWS_DENIED" });
      }
    });
  });

  it("A plan reports what is kept of what is gone", async () => {
    const { kept } = await planOf(nodesOf([gateway, thing("other")], worldOf({ other: "there" }, "gateway", "other")));
    expect(kept).toEqual([{ region: "eu", step: "gateway", what: "a snapshot of gateway" }]);
  });
});

describe("what is left out of a run", () => {
  const without = (...ids: readonly string[]): GraphChoice<World> => ({
    isChosen: ({ resource }) => !ids.includes(resource.id),
  });

  it("What is left out is not changed, and gives its output", async () => {
    const world = worldOf({ gateway: "there" });
    const { results } = await apply(nodesOf([gateway, routes], world, without("gateway")));
    expect(Object.keys(results)).toEqual(["routes"]);
    expect(world.things.get("routes")).toBe("gateway");
  });

  it("What needs something that is left out and does not exist is skipped", async () => {
    const { results } = await apply(nodesOf([gateway, routes], worldOf({}), without("gateway")));
    expect(results["routes"]).toMatchObject({
      outcome: "skipped",
      summary: "waits for gateway, which is left out and does not exist",
    });
  });

  it("What something that is left out still uses is not removed", async () => {
    const world = worldOf({ gateway: "there", routes: "gateway" }, "gateway");
    const nodes = nodesOf([gateway, routes], world, without("routes"));
    const { changes } = await planOf(nodes);
    expect(changes).toMatchObject([{ step: "gateway", obstacle: { kind: "blocked" } }]);
    expect(changes[0]?.obstacle?.reason).toBe("routes still needs it, and is left out of this plan");
    expect((await apply(nodes)).results["gateway"]).toMatchObject({ outcome: "skipped", summary: "waits for routes" });
    expect(world.things.get("gateway")).toBe("there");
  });

  it("What is left out is removed neither, and what it needs stays", async () => {
    const a = thing("a");
    const b = thing("b", [a]);
    const world = worldOf({ a: "there", b: "there" }, "a", "b");
    const { results } = await apply(nodesOf([a, b], world, without("b")));
    expect(results["a"]).toMatchObject({ outcome: "skipped", summary: "waits for b" });
    expect([...world.things.keys()]).toEqual(["a", "b"]);
  });
});

describe("what outlives something that it needs", () => {
  it("It is removed after that, and made after it, too", async () => {
    const nodesAt = thing("nodes");
    const dns = thing("dns", [nodesAt], { outlives: [nodesAt] });
    const made = await apply(nodesOf([nodesAt, dns], worldOf({})));
    expect(made.order).toEqual(["nodes", "dns"]);
    const world = worldOf({ nodes: "there", dns: "there" }, "nodes", "dns");
    const nodes = nodesOf([nodesAt, dns], world);
    expect((await planOf(nodes)).changes.map(({ step }) => step)).toEqual(["nodes", "dns"]);
    expect((await apply(nodes)).order).toEqual(["nodes", "dns"]);
    expect(world.things.size).toBe(0);
  });

  it("It stays while that is left out of the run, and while that cannot be removed", async () => {
    const nodesAt = thing("nodes");
    const dns = thing("dns", [nodesAt], { outlives: [nodesAt] });
    const world = worldOf({ nodes: "there", dns: "there" }, "nodes", "dns");
    const without = nodesOf([nodesAt, dns], world, { isChosen: ({ resource }) => resource.id !== "nodes" });
    const { changes } = await planOf(without);
    expect(changes[0]?.obstacle?.reason).toBe("nodes still needs it, and is left out of this plan");
    expect((await apply(without)).results["dns"]).toMatchObject({ outcome: "skipped", summary: "waits for nodes" });
    expect([...world.things.keys()]).toEqual(["nodes", "dns"]);
  });
});

describe("what resources in other regions need", () => {
  const source = thing("source");
  const replica = thing("replica", [thing("place")], { needsPrimary: [source] });
  const resources = [source, ...replica.needs, replica];
  /** The graph of a run in the region eu alone. */
  const inEu = (eu: World, us: World): readonly ResourceNode<World>[] =>
    resourceGraph(
      resources,
      [
        { region: "eu", world: eu, isPrimary: true },
        { region: "us", world: us, isPrimary: false },
      ],
      { isChosen: ({ region }) => region === "eu" },
    );
  const unwanted = ["source", "place", "replica"] as const;

  it("It is not removed while a resource of a region that is left out still needs it", async () => {
    const eu = worldOf({ source: "there" }, ...unwanted);
    const nodes = inEu(eu, worldOf({ replica: "there" }, ...unwanted));
    const { changes } = await planOf(nodes);
    expect(changes[0]?.obstacle).toEqual({
      kind: "blocked",
      reason: "us/replica still needs it, and is left out of this plan",
    });
    expect((await apply(nodes)).results["source"]).toMatchObject({
      outcome: "skipped",
      summary: "waits for us/replica",
    });
    expect(eu.things.has("source")).toBe(true);
  });

  it("A region that cannot be read may still need it, so that it stays", async () => {
    const eu = worldOf({ source: "there" }, ...unwanted);
    const dead = Object.assign(worldOf({}, ...unwanted), { isDead: true });
    const unread = (world: World): void => {
      if ("isDead" in world) throw new AppError("AWS_UNREACHABLE", "us does not answer");
    };
    const read = (resource: Thing): Thing => ({
      ...resource,
      read: async (at) => {
        unread(at.world);
        return resource.read(at);
      },
    });
    const [first, second, third] = [source, ...(replica.needs as Thing[]), replica].map(read);
    if (first === undefined || second === undefined || third === undefined) throw new Error("three resources");
    const places = [
      { region: "eu", world: eu, isPrimary: true },
      { region: "us", world: dead, isPrimary: false },
    ];
    const own = [first, second, { ...third, needs: [second], needsPrimary: [first] }];
    const nodes = resourceGraph(own, places, { isChosen: ({ region }) => region === "eu" });
    const { changes, failures } = await planOf(nodes);
    expect(failures.size).toBe(0);
    expect(changes[0]?.obstacle?.reason).toBe(
      "whether us/replica, which is left out of this plan, still needs it is unknown: us does not answer",
    );
    expect((await apply(nodes)).results["source"]).toMatchObject({ outcome: "skipped" });
    expect(eu.things.has("source")).toBe(true);
  });

  it("It is removed if nothing in the other regions needs it", async () => {
    const eu = worldOf({ source: "there" }, ...unwanted);
    await apply(inEu(eu, worldOf({}, ...unwanted)));
    expect(eu.things.has("source")).toBe(false);
  });

  it("A region that is left out is not read if there is nothing to remove", async () => {
    const deaf: World = { ...worldOf({}, ...unwanted) };
    Object.defineProperty(deaf, "things", {
      get: () => {
        throw new Error("must not be read");
      },
    });
    const { changes, failures } = await planOf(inEu(worldOf({}, ...unwanted), deaf));
    expect([changes, failures.size]).toEqual([[], 0]);
  });
});

describe("a run with removals that was killed before or after a change", () => {
  const a = thing("a");
  const b = thing("b", [a]);
  const extra = thing("extra", [b]);
  const resources = [a, b, gateway, routes, extra];
  const start = { a: "there", b: "protected", gateway: "protected", routes: "gateway" } as const;
  const begin = (): World => worldOf(start, "a", "b", "gateway");
  const end = { extra: "there", routes: "nowhere" };
  /** A process that can be killed: its world is the same, and none of its calls returns any more. */
  const process = (world: World): readonly ResourceNode<World>[] =>
    nodesOf(
      resources.map((resource) => {
        const { removal } = resource;
        if (removal === undefined) throw new Error(`${resource.id} has no removal`);
        const { read, apply: make } = resource;
        const mortal = world.cloud.mortal({ read, make, remove: removal.apply });
        return { ...resource, read: mortal.read, apply: mortal.make, removal: { ...removal, apply: mortal.remove } };
      }),
      world,
    );

  it("The next run continues, to the same end, and a stored plan still fits", async () => {
    const whole = begin();
    await apply(process(whole));
    expect(Object.fromEntries(whole.things)).toEqual(end);
    const calls = whole.cloud.count();
    expect(calls).toBe(7);
    for (const when of ["before", "after"] as const) {
      for (let n = 0; n < calls; n++) {
        const world = begin();
        const stored = await planOf(process(world));
        world.cloud.kill(n, when);
        await expect(apply(process(world), stored)).rejects.toThrow("killed");
        world.cloud.restart();
        const { results } = await apply(process(world), stored);
        expect(
          Object.values(results).filter(({ outcome }) => outcome !== "changed" && outcome !== "unchanged"),
        ).toEqual([]);
        expect(Object.fromEntries(world.things)).toEqual(end);
        expect(world.cloud.count()).toBe(when === "before" ? calls + 1 : calls);
      }
    }
  });
});
