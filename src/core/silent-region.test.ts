import { expect, it } from "vitest";
import { memoryLines } from "../../test/support/memory-lines.ts";
import { virtualClock } from "../../test/support/virtual-clock.ts";
import { applyPlan } from "./apply.ts";
import { AppError } from "./error.ts";
import { openJournal } from "./journal.ts";
import { makePlan } from "./plan.ts";
import { type AnyResource, asDesired, creation, readyIfThere } from "./resource.ts";
import { resourceGraph } from "./resource-graph.ts";
import { beginRun } from "./run.ts";

/** The names of what exists in a region. */
type World = Set<string>;
type Call = "read" | "apply" | "delete";

const count = 40;

/** Two regions with many resources that need nothing, of which one stops answering. */
function platform(silentCall: Call) {
  const stop = new AbortController();
  const places = ["dead", "alive"].map((region) => ({
    region,
    world: new Set<string>(),
    isPrimary: region === "alive",
  }));
  const isRemoved = silentCall === "delete";
  let isSilent = false;
  const answer = async <T>(call: Call, world: World, work: () => T): Promise<T> => {
    if (!isSilent || call !== silentCall || world !== places[0]?.world) return work();
    return new Promise((_, reject) => {
      stop.signal.addEventListener("abort", () => reject(stop.signal.reason), { once: true });
    });
  };
  const resource = (id: string, scope: "platform" | "region"): AnyResource<World> => ({
    id,
    title: id,
    scope,
    needs: [],
    wanted: () => !isRemoved,
    read: ({ world }) => answer("read", world, () => (world.has(id) ? id : undefined)),
    diff: (actual) => (actual === undefined ? { operations: [creation(id)] } : asDesired),
    apply: (_actual, { world }) => answer("apply", world, () => void world.add(id)),
    ready: readyIfThere,
    output: (actual) => actual,
    removal: {
      diff: (actual) => (actual === undefined ? asDesired : { operations: [{ verb: "delete", target: id }] }),
      apply: (_actual, { world }) => answer("delete", world, () => void world.delete(id)),
      gone: (actual) => ({ state: actual === undefined ? "ready" : "waiting", detail: "still there" }),
    },
  });
  const resources = Array.from({ length: count }, (_, at) => [
    resource(`own-${at}`, "region"),
    resource(`shared-${at}`, "platform"),
  ]).flat();
  if (isRemoved) for (const { world } of places) for (const { id } of resources) world.add(id);
  return { stop, nodes: resourceGraph(resources, places), silence: () => void (isSilent = true) };
}

it.each<Call>(["read", "apply", "delete"])(
  "A region in which no %s is answered does not stop a run in another region, or of what the regions share",
  async (call) => {
    const { stop, nodes, silence } = platform(call);
    const { signal } = stop;
    const plan = await makePlan(nodes, async () => undefined, signal);
    const clock = virtualClock();
    const run = await beginRun(await openJournal(memoryLines(), "trial", clock), "r1", {});
    silence();
    const done: (string | undefined)[] = [];
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const applied = applyPlan(nodes, plan.changes, run, {
      clock,
      signal,
      report({ state, region }) {
        if (state === "done") done.push(region);
        if (done.length === 2 * count) finish();
      },
    });
    await finished;
    expect(done.filter((region) => region === "alive")).toHaveLength(count);
    expect(done.filter((region) => region === undefined)).toHaveLength(count);
    const reason = new AppError("INTERRUPTED", "Ctrl-C");
    stop.abort(reason);
    await expect(applied).rejects.toBe(reason);
  },
);

it("A region whose reads are not answered does not stop a plan from reading the others", async () => {
  const { stop, nodes, silence } = platform("read");
  silence();
  let reads = 0;
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const counted = nodes.map((node) => ({
    ...node,
    resource: {
      ...node.resource,
      async read(context: Parameters<typeof node.resource.read>[0]) {
        const actual = await node.resource.read(context);
        if (++reads === 2 * count) finish();
        return actual;
      },
    },
  }));
  const planned = makePlan(counted, async () => undefined, stop.signal);
  await finished;
  stop.abort(new AppError("TIMED_OUT", "the time is over"));
  const { changes, failures } = await planned;
  expect(changes).toHaveLength(2 * count);
  expect([...failures.keys()]).toEqual(["dead"]);
});
