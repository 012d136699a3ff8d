import type { z } from "zod";
import { applyPlan } from "../../src/core/apply.ts";
import { openJournal } from "../../src/core/journal.ts";
import type { Operation } from "../../src/core/operation.ts";
import { makePlan, type Plan } from "../../src/core/plan.ts";
import { resourceGraph, type ResourceNode } from "../../src/core/resource-graph.ts";
import { beginRun } from "../../src/core/run.ts";
import type { StepResult } from "../../src/core/step-result.ts";
import { platformSchema, type Region } from "../../src/platform/schema.ts";
import { networkResources } from "../../src/region/network.ts";
import type { RegionWorld } from "../../src/region/world.ts";
import { type MemoryAws, memoryAws } from "./memory-aws.ts";
import type { Made } from "./memory-ec2.ts";
import { memoryLines } from "./memory-lines.ts";

export type NetworkInput = NonNullable<z.input<typeof platformSchema>["regions"][number]["network"]>;

const signal = new AbortController().signal;

/** The network of a region in an in-memory AWS, and what gennet does with it. */
export interface NetworkTrial {
  readonly cloud: MemoryAws;
  plan(network?: NetworkInput): Promise<Plan>;
  /** Returns what a plan would do, by resource: `update acme-eu-vpc DNS host names`. */
  due(network?: NetworkInput): Promise<Readonly<Record<string, readonly string[]>>>;
  /** Makes what is due. */
  apply(network?: NetworkInput): Promise<readonly StepResult[]>;
  planDestruction(): Promise<Plan>;
  /** Removes everything, as it was planned; without a plan, as it is planned now. */
  destroy(plan?: Plan): Promise<readonly StepResult[]>;
  /** Returns the resource of this name: `public-1`, `nat`. */
  thing(name: string, kind?: string): Made;
  /** Returns how many resources there are of each kind; what failed or was deleted does not count. */
  inventory(): Readonly<Record<string, number>>;
}

export function networkTrial(
  cloud: MemoryAws = memoryAws({ name: "eu", awsRegion: "eu-west-1", accountId: "111122223333" }),
): NetworkTrial {
  const nodesOf = (network: NetworkInput, isWanted: boolean): readonly ResourceNode<RegionWorld>[] => {
    const platform = platformSchema.parse({
      name: "acme",
      domain: "acme.example",
      regions: [{ name: "eu", awsRegion: "eu-west-1", accountId: "111122223333", cluster: "acme-eu", network }],
    });
    const world: RegionWorld = {
      platform,
      region: platform.regions[0] as Region,
      aws: cloud.aws,
      cluster: () => Promise.reject(new Error("a network has no cluster")),
    };
    const places = [{ region: "eu", world, isPrimary: true }];
    return resourceGraph(networkResources, places, isWanted ? {} : { isWanted: () => false });
  };
  const planOf = async (nodes: readonly ResourceNode<RegionWorld>[]): Promise<Plan> => {
    const plan = await makePlan(nodes, async () => undefined, signal);
    for (const reason of plan.failures.values()) throw reason;
    return plan;
  };
  const made = async (nodes: readonly ResourceNode<RegionWorld>[], plan?: Plan): Promise<readonly StepResult[]> => {
    let now = 0;
    const clock = { now: () => now, sleep: async (ms: number) => void (now += ms) };
    const { changes } = plan ?? (await planOf(nodes));
    const run = await beginRun(await openJournal(memoryLines(), "acme", clock), "r1", {});
    return (await applyPlan(nodes, changes, run, { clock, signal, report: () => undefined })).results;
  };
  const dead = ["failed", "deleting", "deleted"];
  return {
    cloud,
    plan: (network = {}) => planOf(nodesOf(network, true)),
    async due(network = {}) {
      const { changes } = await planOf(nodesOf(network, true));
      const pending = changes.filter(({ operations }) => operations.length > 0);
      return Object.fromEntries(pending.map(({ step, operations }) => [step, operations.map(inWords)]));
    },
    apply: (network = {}) => made(nodesOf(network, true)),
    planDestruction: () => planOf(nodesOf({}, false)),
    destroy: (plan) => made(nodesOf({}, false), plan),
    thing(name, kind) {
      const found = cloud.things.find(
        (each) => each.tags["gennet:resource"] === name && (kind === undefined || each.kind === kind),
      );
      if (found === undefined) throw new Error(`there is no ${name}`);
      return found;
    },
    inventory() {
      const kinds: Record<string, number> = {};
      for (const { kind, facts } of cloud.things) {
        if (dead.includes(String(facts["state"])) || facts["deleted"] === true) continue;
        kinds[kind] = (kinds[kind] ?? 0) + 1;
      }
      return kinds;
    },
  };
}

function inWords({ verb, target, field, before, after }: Operation): string {
  const change =
    field === undefined ? "" : ` ${field}: ${before === undefined ? "" : `${String(before)} → `}${String(after)}`;
  return `${verb} ${target}${change}`;
}
