import { describe, expect, it } from "vitest";
import { processCalls } from "../../test/support/process-calls.ts";
import { patientSignal, regionTrial, seenBy } from "../../test/support/region-trial.ts";
import { virtualClock } from "../../test/support/virtual-clock.ts";
import { isPending } from "../core/due.ts";
import { makePlan } from "../core/plan.ts";
import type { ResourceNode } from "../core/resource-graph.ts";
import { platformGraph } from "./platform-graph.ts";
import type { RegionWorld } from "./world.ts";

describe("the speed of a plan", () => {
  it("A plan of two healthy regions takes at most 1.5 times its slowest chain of reads, if all calls take the same time", async () => {
    const trial = regionTrial(2);
    expect((await trial.bootstrap()).exit).toBe(0);
    const clock = virtualClock();
    const calls = processCalls(clock);
    const nodes = platformGraph(trial.sites.map((site) => seenBy(calls, site)));
    const took = new Map<ResourceNode<RegionWorld>, number>();
    for (const node of nodes) Object.assign(node, { resource: timed(node) });
    const signal = patientSignal();
    let verifiedMs = 0;
    const begun = clock.now();
    const { changes } = await makePlan(
      nodes,
      async ({ aws }) => {
        await aws.verifyAccount(signal);
        verifiedMs = clock.now() - begun;
      },
      signal,
    );
    const ms = clock.now() - begun;
    expect(changes.filter(isPending)).toEqual([]);
    expect(took.size).toBe(nodes.length);
    expect(calls.made.length).toBeGreaterThan(100);
    expect(ms / (verifiedMs + slowestChain(nodes, took))).toBeLessThanOrEqual(1.5);

    /** Returns the resource of a node, with a read whose time is taken. */
    function timed(node: ResourceNode<RegionWorld>): ResourceNode<RegionWorld>["resource"] {
      const { resource } = node;
      return {
        ...resource,
        read: async (context) => {
          const from = clock.now();
          const actual = await resource.read(context);
          took.set(node, clock.now() - from);
          return actual;
        },
      };
    }
  });
});

/** Returns how long the reads take that need each other, if none waits for anything else. */
function slowestChain(
  nodes: readonly ResourceNode<RegionWorld>[],
  took: ReadonlyMap<ResourceNode<RegionWorld>, number>,
): number {
  const ends = new Map<ResourceNode<RegionWorld>, number>();
  for (const node of nodes) {
    const begin = Math.max(0, ...node.needs.map((need) => ends.get(need) ?? 0));
    ends.set(node, begin + (took.get(node) ?? 0));
  }
  return Math.max(...ends.values());
}
