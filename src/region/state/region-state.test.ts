import { beforeEach, describe, expect, it } from "vitest";
import { type MemoryAws, memoryAws } from "../../../test/support/memory-aws.ts";
import { memoryJournals } from "../../../test/support/memory-journals.ts";
import { virtualClock } from "../../../test/support/virtual-clock.ts";
import type { Clock } from "../../core/clock.ts";
import { AppError } from "../../core/error.ts";
import type { Event } from "../../core/event.ts";
import { beginRun, endRun } from "../../core/run.ts";
import { platformSchema } from "../../platform/schema.ts";
import { journalOf, type RegionWorld } from "../world.ts";
import { leaveFence } from "./fence.ts";
import type { RegionStateSettings } from "./region-leases.ts";
import { type RegionState, type TouchedRegions, withRegionState } from "./region-state.ts";

const { signal } = new AbortController();
const accountId = "111122223333";

let clouds: Record<string, MemoryAws>;
let clock: Clock;
let events: Event[];
let local: ReturnType<typeof memoryJournals>;

beforeEach(() => {
  clouds = Object.fromEntries(
    ["eu", "us"].map((name) => [name, memoryAws({ name, awsRegion: `${name}-west-1`, accountId })]),
  );
  clock = virtualClock();
  events = [];
  local = memoryJournals();
});

const platformOf = (state: "local" | "bucket") =>
  platformSchema.parse({
    name: "acme",
    domain: "acme.example",
    state,
    regions: ["us", "eu"].map((name) => ({
      name,
      awsRegion: `${name}-west-1`,
      accountId,
      cluster: `acme-${name}`,
      network: { cidr: name === "eu" ? "10.0.0.0/16" : "10.1.0.0/16" },
      ...(name === "us" ? { primary: true } : {}),
    })),
  });

/** The whole platform, and the regions of it that a run changes. */
function touching(state: "local" | "bucket", ...regions: readonly string[]): TouchedRegions {
  const platform = platformOf(state);
  const worlds = platform.regions.map((region) => ({
    platform,
    region,
    aws: clouds[region.name]?.aws as MemoryAws["aws"],
    cluster: () => Promise.reject(new Error("there is no cluster")),
  }));
  return { worlds, regions };
}

function settings(user = "ana@laptop", own = local): RegionStateSettings {
  const emit = (event: Event): void => void events.push(event);
  const name = journalOf(platformOf("bucket"));
  return { local: own, name, holder: { user, process: 7 }, clock, signal, emit };
}

/** Begins and ends a run without changes. */
async function emptyRun(state: RegionState, regions: readonly string[], id: string): Promise<void> {
  await endRun(await beginRun(await state.journal(regions), id, {}), "done");
}

const name = journalOf(platformOf("bucket"));
const bucketOf = (region: string): string => `acme-${region}-111122223333-state`;

function keysIn(region: string): readonly string[] {
  return [...(clouds[region]?.buckets.get(bucketOf(region))?.objects.keys() ?? [])].map((key) =>
    key.replace(`journals/${name}/`, ""),
  );
}

async function madeBuckets(...regions: readonly string[]): Promise<void> {
  await withRegionState(touching("bucket", ...regions), settings(), (state) => emptyRun(state, regions, "first"));
}

describe("the state of a region", () => {
  it("With state: local, the journal is on this machine, and AWS is not asked", async () => {
    await withRegionState(touching("local", "eu", "us"), settings(), (state) => emptyRun(state, ["eu", "us"], "r"));
    expect(local.linesOf(name)).toHaveLength(2);
    expect(clouds["eu"]?.buckets.size).toBe(0);
  });

  it("The first run creates its bucket, with the evidence on this machine, and continues in it", async () => {
    await withRegionState(touching("bucket", "eu"), settings(), async (state) => {
      expect(clouds["eu"]?.buckets.size).toBe(0);
      const journal = await state.journal(["eu"]);
      expect(keysIn("eu")).toEqual(["lease"]);
      await beginRun(journal, "r", {});
    });
    expect(keysIn("eu")).toEqual(["lines/0000000001", "head"]);
    const events = local.linesOf(name).map((line) => JSON.parse(line) as { event: string; what?: string });
    expect(events.map(({ event }) => event)).toEqual(["begin", "change", "done", "end"]);
    expect(events[1]?.what).toBe(`create bucket ${bucketOf("eu")}`);
  });

  it("The next run leaves nothing on this machine", async () => {
    await madeBuckets("eu");
    local = memoryJournals();
    await withRegionState(touching("bucket", "eu"), settings(), (state) => emptyRun(state, ["eu"], "second"));
    expect(local.linesOf(name)).toEqual([]);
  });

  it("Of two first runs on two machines, one continues and the other is told whose the lease is", async () => {
    let agreed = 0;
    let both = (): void => undefined;
    const planned = new Promise<void>((resolve) => (both = resolve));
    const run = (user: string): Promise<void> =>
      withRegionState(touching("bucket", "eu"), settings(user, memoryJournals()), async (state) => {
        if (++agreed === 2) both();
        await planned;
        const journal = await state.journal(["eu"]);
        await beginRun(journal, user, {});
        await clock.sleep(30_000);
      });
    const ended = await Promise.allSettled([run("ana@laptop"), run("bo@ci")]);
    expect(ended.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(ended.find(({ status }) => status === "rejected")).toMatchObject({
      reason: { code: "JOURNAL_BUSY", message: expect.stringContaining("is working on region eu") },
    });
    expect(keysIn("eu").filter((key) => key.startsWith("lines/"))).toHaveLength(1);
  });

  it("A run has the leases of all its regions, and its journal in the primary one", async () => {
    await withRegionState(touching("bucket", "eu", "us"), settings(), async (state) => {
      await beginRun(await state.journal(["eu", "us"]), "r", {});
      expect([keysIn("eu"), keysIn("us")]).toEqual([["lease"], ["lease", "lines/0000000001", "head"]]);
    });
    expect([keysIn("eu"), keysIn("us")]).toEqual([[], ["lines/0000000001", "head"]]);
  });

  it("If the second lease cannot be had, the first one is released", async () => {
    await madeBuckets("eu", "us");
    await withRegionState(touching("bucket", "us"), settings("bo@ci"), async () => {
      const other = withRegionState(touching("bucket", "eu", "us"), settings(), async () => undefined);
      await expect(other).rejects.toMatchObject({
        code: "JOURNAL_BUSY",
        message: expect.stringContaining("working on region us: bo@ci"),
      });
      expect(keysIn("eu")).not.toContain("lease");
    });
  });

  it("Two runs in two regions do not disturb each other", async () => {
    await madeBuckets("eu", "us");
    await withRegionState(touching("bucket", "us"), settings("bo@ci"), async (state) => {
      await emptyRun(state, ["us"], "in us");
      await withRegionState(touching("bucket", "eu"), settings(), (other) => emptyRun(other, ["eu"], "in eu"));
    });
    expect([keysIn("eu"), keysIn("us")].map((keys) => keys.includes("lease"))).toEqual([false, false]);
  });

  it("A region without an answer does not stop another, but is not changed either", async () => {
    await madeBuckets("eu", "us");
    const noAnswer = new AppError("AWS_UNREACHABLE", "AWS did not answer S3 HeadBucket in us-west-1.");
    const { worlds } = touching("bucket", "eu", "us");
    const [us, eu] = worlds;
    const silent = {
      ...(us as RegionWorld),
      aws: { ...(us as RegionWorld).aws, service: () => Promise.reject(noAnswer) },
    };
    const half = [silent, eu as RegionWorld];
    await withRegionState({ worlds: half, regions: ["eu", "us"] }, settings(), async (state) => {
      await emptyRun(state, ["eu"], "in eu");
      await expect(state.journal(["eu", "us"])).rejects.toBe(noAnswer);
    });
    const alone = withRegionState({ worlds: half, regions: ["us"] }, settings(), async () => undefined);
    await expect(alone).rejects.toBe(noAnswer);
  });

  it("A bucket that is not gennet's is left alone", async () => {
    const objects = new Map();
    const foreign = { versioned: false, encryption: "AES256", publicAccessBlocked: true, tlsOnly: false, lockDays: 0 };
    clouds["eu"]?.buckets.set(bucketOf("eu"), { settings: { ...foreign, versionDays: 0, tags: {} }, objects });
    const run = withRegionState(touching("bucket", "eu"), settings(), (state) => state.journal(["eu"]));
    await expect(run).rejects.toMatchObject({ code: "REGION_NOT_MANAGED" });
    expect(objects.size).toBe(0);
  });

  it("A lease that is lost ends the work", async () => {
    await madeBuckets("eu");
    const run = withRegionState(touching("bucket", "eu"), settings(), async (state, held) => {
      await state.journal(["eu"]);
      const objects = clouds["eu"]?.buckets.get(bucketOf("eu"))?.objects;
      objects?.set(`journals/${name}/lease`, { etag: "other", text: JSON.stringify({ id: "x", user: "bo@ci" }) });
      await clock.sleep(10 * 60_000, held);
    });
    await expect(run).rejects.toMatchObject({ code: "JOURNAL_LOST", message: expect.stringContaining("bo@ci") });
    // It is not this run's lease that is there.
    expect(keysIn("eu")).toContain("lease");
  });
});

describe("a region that is fenced", () => {
  const fence = { region: "us", user: "bo@ci", failover: "r1", journal: name, since: "2026-01-02T03:04:05.000Z" };

  async function leftIn(region: string): Promise<void> {
    const s3 = await (clouds[region] as MemoryAws).aws.service("s3");
    await leaveFence({ s3, bucket: bucketOf(region), clock }, fence, signal);
  }

  it("A run that touches the region is refused before it takes a lease, with who, when and what to do", async () => {
    await madeBuckets("eu", "us");
    await leftIn("eu");
    const made = clouds["us"]?.changes();
    for (const regions of [["us"], ["eu", "us"]]) {
      const run = withRegionState(touching("bucket", ...regions), settings(), async () => undefined);
      await expect(run).rejects.toMatchObject({
        code: "REGION_FENCED",
        exit: 7,
        message: "Region us is fenced: bo@ci failed over without it at 2026-01-02T03:04:05.000Z, run r1.",
        next: expect.arrayContaining([
          `aws s3api delete-object --bucket ${bucketOf("eu")} --key fences/us  # then lift the fence`,
        ]),
      });
    }
    expect(clouds["us"]?.changes()).toBe(made);
  });

  it("A run of the surviving region is not refused", async () => {
    await madeBuckets("eu", "us");
    await leftIn("eu");
    await withRegionState(touching("bucket", "eu"), settings(), (state) => emptyRun(state, ["eu"], "after"));
    expect(keysIn("eu").some((key) => key.startsWith("lines/"))).toBe(true);
  });

  it("A fence that is left while a run takes its lease is seen before it changes anything", async () => {
    await madeBuckets("eu", "us");
    const { worlds, regions } = touching("bucket", "us");
    const slow = worlds.map((world) => ({
      ...world,
      aws: {
        ...world.aws,
        service: async (service: "s3") => {
          const s3 = await world.aws.service(service);
          const createObject: typeof s3.createObject = async (bucket, key, ...rest) => {
            if (key.endsWith("/lease") && world.region.name === "us") await leftIn("eu").catch(() => undefined);
            return s3.createObject(bucket, key, ...rest);
          };
          return { ...s3, createObject };
        },
      },
    }));
    let hasWorked = false;
    const run = withRegionState({ worlds: slow as typeof worlds, regions }, settings(), async () => {
      hasWorked = true;
    });
    await expect(run).rejects.toMatchObject({ code: "REGION_FENCED" });
    expect([hasWorked, keysIn("us").includes("lease")]).toEqual([false, false]);
  });

  it("If the surviving region does not answer, a run of the other one is not refused, but says so", async () => {
    await madeBuckets("eu", "us");
    await leftIn("eu");
    const noAnswer = new AppError("AWS_UNREACHABLE", "AWS did not answer S3 HeadBucket in eu-west-1.");
    const { worlds, regions } = touching("bucket", "us");
    const silent = worlds.map((world) =>
      world.region.name === "eu" ? { ...world, aws: { ...world.aws, service: () => Promise.reject(noAnswer) } } : world,
    );
    await withRegionState({ worlds: silent, regions }, settings(), (state) => emptyRun(state, ["us"], "alone"));
    expect(keysIn("us").some((key) => key.startsWith("lines/"))).toBe(true);
    expect(JSON.stringify(events)).toContain(
      "The state bucket of region eu could not be read: a fence in it is not seen.",
    );
  });
});

describe("the audit of runs", () => {
  const audit = "acme-111122223333-audit";

  it("A run without an audit bucket is reported, and copied after the next run", async () => {
    await madeBuckets("us");
    expect(events).toContainEqual({
      type: "note",
      level: "warn",
      text: expect.stringMatching(/^The run was not copied to the audit bucket; the next run copies it\./),
    });
    const s3 = await (clouds["us"] as MemoryAws).aws.service("s3");
    await s3.createBucket({ name: audit, objectLock: true, tags: {} }, signal);
    await withRegionState(touching("bucket", "us"), settings(), (state) => emptyRun(state, ["us"], "second"));
    const copies = [...(clouds["us"]?.buckets.get(audit)?.objects ?? [])];
    expect(copies.map(([key]) => key)).toEqual([`runs/${name}/first.jsonl`, `runs/${name}/second.jsonl`]);
    const lines = keysIn("us").filter((key) => key.startsWith("lines/"));
    const kept = lines.map((key) => clouds["us"]?.buckets.get(bucketOf("us"))?.objects.get(`journals/${name}/${key}`));
    expect(copies.map(([, { text }]) => text).join("")).toBe(
      kept.map((object) => `${object?.text.split("\n")[0]}\n`).join(""),
    );
  });
});
