import { describe, expect, it } from "vitest";
import { openRun, beginRun, endRun } from "../../src/core/run.ts";
import type { Clock } from "../../src/core/clock.ts";
import { type Platform, platformSchema, type Region } from "../../src/platform/schema.ts";
import { bootstrapRegions } from "../../src/region/bootstrap.ts";
import { pendingIn, planRegions } from "../../src/region/region-plan.ts";
import { withRegionState } from "../../src/region/state/region-state.ts";
import { journalOf, type RegionWorld } from "../../src/region/world.ts";
import { type MemoryAws, memoryAws } from "../support/memory-aws.ts";
import { type MemoryCluster, memoryCluster } from "../support/memory-cluster.ts";
import { memoryJournals } from "../support/memory-journals.ts";
import { virtualClock } from "../support/virtual-clock.ts";

const platform: Platform = platformSchema.parse({
  name: "acme",
  domain: "acme.example",
  state: "bucket",
  regions: [{ name: "eu", awsRegion: "eu-west-1", accountId: "111122223333", cluster: "acme-eu" }],
});

interface Trial {
  readonly cloud: MemoryAws;
  readonly kube: MemoryCluster;
  readonly clock: Clock;
  readonly local: ReturnType<typeof memoryJournals>;
}

function trial(): Trial {
  const cloud = memoryAws({ name: "eu", awsRegion: "eu-west-1", accountId: "111122223333" });
  return { cloud, kube: memoryCluster("eu"), clock: virtualClock(), local: memoryJournals() };
}

function worldOf({ cloud, kube }: Trial): RegionWorld {
  const cluster = async () => cloud.mortal(kube.cluster);
  return { platform, region: platform.regions[0] as Region, aws: cloud.aws, cluster };
}

/** Plans and bootstraps with the journal and the lease in a bucket. */
async function bootstrap(at: Trial, id: string): Promise<number> {
  const { clock, local } = at;
  const { signal } = new AbortController();
  const world = worldOf(at);
  const holder = { user: "ana@laptop", process: 7 };
  const settings = { local, name: journalOf(platform), holder, clock, signal, emit: () => undefined };
  return withRegionState({ worlds: [world], regions: ["eu"] }, settings, async (state, held) => {
    const plan = await planRegions([world], held);
    const journal = await state.journal(["eu"]);
    const run = await beginRun(journal, id, {});
    const done = await bootstrapRegions([world], plan, run, { clock, signal: held, report: () => undefined });
    await endRun(run, done.exit === 0 ? "done" : "failed");
    expect(openRun(journal)).toBeUndefined();
    return done.exit;
  });
}

function inventory({ cloud }: Trial): Record<string, number> {
  const kinds: Record<string, number> = { buckets: cloud.buckets.size };
  for (const { kind } of cloud.things) kinds[kind] = (kinds[kind] ?? 0) + 1;
  return kinds;
}

describe("a bootstrap with its state in a bucket, killed at any change", () => {
  it.each(["before", "after"] as const)(
    "The next run takes the lease over and creates nothing twice: killed %s a change",
    async (when) => {
      const whole = trial();
      expect(await bootstrap(whole, "whole")).toBe(0);
      const count = whole.cloud.changes();
      expect(count).toBeGreaterThan(100);
      for (let n = 0; n < count; n++) {
        const killed = trial();
        killed.cloud.kill(n, when);
        const isLate = await bootstrap(killed, "killed").then(
          () => true,
          () => false,
        );
        killed.cloud.restart();
        // Only the release of the lease can be killed without an error of the run.
        expect(isLate && n < count - 3).toBe(false);
        expect(await bootstrap(killed, "next")).toBe(0);
        expect(inventory(killed)).toEqual(inventory(whole));
        const { signal } = new AbortController();
        expect(pendingIn(await planRegions([worldOf(killed)], signal))).toBe(0);
      }
    },
    300_000,
  );
});
