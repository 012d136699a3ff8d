import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../src/core/error.ts";
import type { S3 } from "../../src/aws/s3/port.ts";
import { platformSchema } from "../../src/platform/schema.ts";
import { createStateBucket } from "../../src/region/resources/state-bucket.ts";
import { fencesIn, leaveFence } from "../../src/region/state/fence.ts";
import { withRegionState } from "../../src/region/state/region-state.ts";
import type { RegionWorld } from "../../src/region/world.ts";
import { awsChanges } from "../support/aws-changes.ts";
import { effort } from "../support/effort.ts";
import { memoryAws } from "../support/memory-aws.ts";
import { memoryJournals } from "../support/memory-journals.ts";
import { type MemoryBuckets, memoryS3 } from "../support/memory-s3.ts";
import { virtualClock } from "../support/virtual-clock.ts";

const { signal } = new AbortController();
const accountId = "111122223333";
const survivor = `acme-eu-${accountId}-state`;
const noAnswer = new AppError("AWS_UNREACHABLE", "AWS did not answer");
const fenceOf = (failover: string) => ({ region: "us", user: "ana", failover, journal: "j", since: "2026-01-02" });

const platform = platformSchema.parse({
  name: "acme",
  domain: "acme.example",
  state: "bucket",
  regions: ["eu", "us"].map((name, at) => ({
    name,
    awsRegion: `${name}-west-1`,
    accountId,
    cluster: `acme-${name}`,
    network: { cidr: `10.${at}.0.0/16` },
  })),
});

/** The platform as one process sees it, through its own clients. */
function worldsWith(s3: S3): readonly RegionWorld[] {
  return platform.regions.map((region) => {
    const { aws } = memoryAws({ name: region.name, awsRegion: region.awsRegion, accountId });
    const cluster = () => Promise.reject(new Error("there is no cluster"));
    return { platform, region, aws: { ...aws, service: async () => s3 as never }, cluster };
  });
}

async function madeBuckets(): Promise<MemoryBuckets> {
  const buckets: MemoryBuckets = new Map();
  for (const world of worldsWith(memoryS3(buckets, awsChanges()))) await createStateBucket(world, signal);
  return buckets;
}

describe("a fence that is left by a process that is killed, or whose answer is lost", () => {
  it.each(["before", "after"] as const)(
    "The failover that runs again leaves one fence: %s the change",
    async (when) => {
      const buckets = await madeBuckets();
      for (const fault of ["kill", "strike"] as const) {
        const changes = awsChanges();
        if (fault === "kill") changes.kill(0, when);
        else changes.strike(0, when, noAnswer);
        const s3 = changes.mortal(memoryS3(buckets, changes));
        const first = leaveFence({ s3, bucket: survivor, clock: virtualClock() }, fenceOf("r1"), signal);
        expect((await Promise.allSettled([first]))[0]?.status).toBe(fault === "kill" ? "rejected" : "fulfilled");
        const place = { s3: memoryS3(buckets, awsChanges()), bucket: survivor, clock: virtualClock() };
        await leaveFence(place, fenceOf("r1"), signal);
        expect(await fencesIn(place, signal)).toMatchObject([{ failover: "r1" }]);
        buckets.get(survivor)?.objects.delete("fences/us");
      }
    },
  );
});

describe("failovers and runs of the fenced region at once, with calls that take any time", () => {
  it("One failover leaves its fence, and no run works that took its lease after that", async () => {
    const delays = fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 8, maxLength: 40 });
    let refused = 0;
    let worked = 0;
    await fc.assert(
      fc.asyncProperty(delays, delays, delays, delays, async (...speeds) => {
        const buckets = await madeBuckets();
        const clock = virtualClock();
        /** When something took effect, in order: `fence`, `lease ana`. */
        const effects: string[] = [];
        const slow = (who: string, own: readonly number[]): S3 => {
          let at = 0;
          const s3 = memoryS3(buckets, awsChanges());
          const late = async (): Promise<void> => clock.sleep(own[at++ % own.length] ?? 0);
          return {
            ...s3,
            object: async (...args) => {
              await late();
              return s3.object(...args);
            },
            keys: async (...args) => {
              await late();
              return s3.keys(...args);
            },
            createObject: async (bucket, key, ...rest) => {
              await late();
              const written = await s3.createObject(bucket, key, ...rest);
              if (written !== undefined && rest[1] === "absent" && /^fences|lease$/.test(key))
                effects.push(key.startsWith("fences") ? `fence ${who}` : `lease ${who}`);
              return written;
            },
          };
        };
        const [first, second, ana, bo] = speeds;
        const failovers = [first, second].map(async (own, at) => {
          // A run makes many calls, and a failover only one: some begin long before it.
          await clock.sleep(own.reduce((sum, ms) => sum + ms, 0));
          return leaveFence({ s3: slow(`r${at}`, own), bucket: survivor, clock }, fenceOf(`r${at}`), signal);
        });
        const runs = [ana, bo].map((own, at) => {
          const user = `run ${at}`;
          const holder = { user, process: at };
          const settings = {
            local: memoryJournals(),
            name: "regions/acme",
            holder,
            clock,
            signal,
            emit: () => undefined,
          };
          const touched = { worlds: worldsWith(slow(user, own)), regions: ["us"] };
          return withRegionState(touched, settings, async () => user);
        });
        const [left, ended] = await Promise.all([Promise.allSettled(failovers), Promise.allSettled(runs)]);
        expect(left.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
        const fencedAt = effects.findIndex((effect) => effect.startsWith("fence"));
        const codes = ended.flatMap((run) => (run.status === "rejected" ? [(run.reason as AppError).code] : []));
        const working = ended.flatMap((run) => (run.status === "fulfilled" ? [run.value] : []));
        refused += codes.length;
        worked += working.length;
        expect({
          unexpected: codes.filter((code) => code !== "REGION_FENCED" && code !== "JOURNAL_BUSY"),
          late: working.filter((user) => effects.lastIndexOf(`lease ${user}`) > fencedAt),
        }).toEqual({ unexpected: [], late: [] });
        expect(buckets.get(`acme-us-${accountId}-state`)?.objects.has("journals/regions/acme/lease")).toBe(false);
      }),
      effort({ daily: 60, nightly: 2_000, seed: 26 }),
    );
    expect([refused > 0, worked > 0]).toEqual([true, true]);
  });
});
