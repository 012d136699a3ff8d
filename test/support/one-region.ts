import type { z } from "zod";
import { AppError } from "../../src/core/error.ts";
import { openJournal } from "../../src/core/journal.ts";
import { summaryOf } from "../../src/core/operation-text.ts";
import type { Provider, Resource, ResourceContext } from "../../src/core/resource.ts";
import { beginRun } from "../../src/core/run.ts";
import { platformSchema, type Region } from "../../src/platform/schema.ts";
import { bootstrapRegions, type Bootstrapped } from "../../src/region/bootstrap.ts";
import { planRegions, type RegionPlan, type RegionPlanEntry } from "../../src/region/region-plan.ts";
import type { RegionWorld } from "../../src/region/world.ts";
import { type MemoryAws, memoryAws } from "./memory-aws.ts";
import { type MemoryCluster, memoryCluster } from "./memory-cluster.ts";
import { memoryLines } from "./memory-lines.ts";

type PlatformInput = z.input<typeof platformSchema>;
export type RegionInput = Partial<PlatformInput["regions"][number]>;

/** A platform of one region, in an AWS and a Kubernetes in memory. */
export interface OneRegion {
  readonly cloud: MemoryAws;
  readonly kube: MemoryCluster;
  /** Returns the world of a gennet.yaml. */
  world(region?: RegionInput, platform?: Partial<PlatformInput>): RegionWorld;
  /** Returns what is to be done: by resource, its action and each change. */
  pending(world: RegionWorld): Promise<Record<string, string>>;
  plan(world: RegionWorld): Promise<RegionPlan>;
  bootstrap(world: RegionWorld, plan?: RegionPlan): Promise<Bootstrapped>;
}

const signal = new AbortController().signal;

export function oneRegion(): OneRegion {
  const cloud = memoryAws({ name: "eu", awsRegion: "eu-west-1", accountId: "111122223333" });
  const kube = memoryCluster("eu");
  const region: OneRegion = {
    cloud,
    kube,
    world: (asked = {}, platform = {}) => {
      const own = { name: "eu", awsRegion: "eu-west-1", accountId: "111122223333", cluster: "acme-eu", ...asked };
      const parsed = platformSchema.parse({ name: "acme", domain: "acme.example", ...platform, regions: [own] });
      return {
        platform: parsed,
        region: parsed.regions[0] as Region,
        aws: cloud.aws,
        cluster: async () => cloud.mortal(kube.cluster),
      };
    },
    plan: (world) => planRegions([world], signal),
    pending: async (world) => {
      const { changes } = (await region.plan(world)).regions[0] as RegionPlanEntry;
      const due = changes.filter(({ action }) => action !== "none");
      return Object.fromEntries(
        due.map(({ step, action, summary, details, obstacle }) => [
          step,
          obstacle !== undefined || details.length === 0 ? `${action} ${summary}` : `${action} ${details.join(" | ")}`,
        ]),
      );
    },
    bootstrap: async (world, plan) => {
      let now = 0;
      const clock = { now: () => now, sleep: async (ms: number) => void (now += ms) };
      const run = await beginRun(await openJournal(memoryLines(), "acme", clock), "r1", {});
      const settings = { clock, signal, report: () => undefined };
      return bootstrapRegions([world], plan ?? (await region.plan(world)), run, settings);
    },
  };
  return region;
}

/** A context in which a resource sees the given outputs, by the id of their resource. */
function contextOf(world: RegionWorld, outputs: ReadonlyMap<string, unknown>): ResourceContext<RegionWorld> {
  const output = <O>({ id }: Provider<O>): O | undefined => outputs.get(id) as O | undefined;
  const required = <O>(provider: Provider<O>): O => {
    const found = output(provider);
    if (found === undefined) throw new Error(`${provider.id} has no output`);
    return found;
  };
  return {
    world,
    signal,
    removing: true,
    output,
    required,
    primary: { world, output, required },
  };
}

/**
 * Removes a resource as a plan does, and reads until nothing is left of it. Returns what was to be deleted, and what AWS
 * keeps. Throws STEP_FAILED if it cannot be deleted, or must not.
 */
export async function removed<A, O>(
  resource: Resource<RegionWorld, A, O>,
  world: RegionWorld,
  outputs: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly done: string; readonly keeps: readonly string[] }> {
  const at = contextOf(world, new Map(Object.entries(outputs)));
  const { removal } = resource;
  if (removal === undefined) throw new Error(`${resource.id} has no removal`);
  const actual = await resource.read(at);
  const due = removal.diff(actual, at);
  if (due.obstacle !== undefined) throw new AppError("STEP_FAILED", due.obstacle.reason);
  if (due.operations.length > 0) await removal.apply(actual, at);
  for (let read = 0; read < 10; read++) {
    const left = await resource.read(at);
    const gone = removal.gone(left);
    if (gone.state === "failed") throw new AppError("STEP_FAILED", gone.reason);
    if (gone.state === "ready") return { done: summaryOf(due), keeps: removal.keeps?.(left, at) ?? [] };
  }
  throw new Error(`${resource.id} is not gone`);
}
