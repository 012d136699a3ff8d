import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { awsChanges } from "../../../test/support/aws-changes.ts";
import type { MemoryBuckets } from "../../../test/support/memory-s3.ts";
import { memoryS3 } from "../../../test/support/memory-s3.ts";
import { plantedIn } from "../../../test/support/planted.ts";
import {
  Killed,
  planted,
  rotationInput as input,
  type RotationTrial,
  rotationTrial,
  valuesOf,
} from "../../../test/support/rotation-trial.ts";
import { secretsContext, twoRegions } from "../../../test/support/secrets-context.ts";
import type { Context } from "../../context.ts";
import { stateBucketName } from "../../region/state/bucket-name.ts";
import { run as rollback } from "./rollback.run.ts";
import { run as rotate } from "./rotate.run.ts";

const { signal } = new AbortController();
const platform = { ...twoRegions, state: "bucket" as const };
const [home = ""] = platform.regions.map((region) => stateBucketName(platform, region));
let machines: readonly string[];
let trial: RotationTrial;
let buckets: MemoryBuckets;
let told: string[];

beforeEach(async () => {
  machines = await Promise.all(["ana", "bo"].map((name) => mkdtemp(join(tmpdir(), `gennet-${name}-`))));
  trial = rotationTrial();
  await trial.settle();
  buckets = new Map();
  told = [];
});
afterEach(async () => {
  await Promise.all(machines.map((folder) => rm(folder, { recursive: true })));
});

/** Creates the state bucket of the region with the secret's primary copy. */
async function madeBucket(): Promise<void> {
  const [region] = platform.regions;
  const tags = { "gennet:platform": platform.name, "gennet:region": region?.name ?? "", "gennet:managed": "true" };
  await memoryS3(buckets, awsChanges()).createBucket({ name: home, objectLock: false, tags }, signal);
}

/** The context of a command on one of two machines. */
function on(machine: 0 | 1, stdin?: string): Context {
  const { clock, stores } = trial;
  const sites = trial.regions.map(({ site }) => site);
  const place = { clock, stores, sites, told, state: machines[machine] ?? "", s3: memoryS3(buckets, awsChanges()) };
  return secretsContext(place, stdin === undefined ? {} : { stdin }, platform.regions, platform);
}

const filesOn = async (machine: 0 | 1): Promise<readonly string[]> =>
  (await readdir(machines[machine] ?? "", { recursive: true })).filter((name) => name.endsWith(".jsonl"));

describe("a rotation with state: bucket", () => {
  it("A rotation that was killed on one machine is resumed on another, which finds its journal in the bucket", async () => {
    await madeBucket();
    trial.kill(6, "after");
    await expect(rotate({ ...input, stdin: true }, on(0, `${planted.next}\n`))).rejects.toThrow(Killed);
    trial.revive();
    const { exit, document } = await rotate({ ...input, resume: true }, on(1));
    expect({ exit, outcome: document.outcome }).toEqual({ exit: 0, outcome: "done" });
    expect(new Set(valuesOf(trial))).toEqual(new Set([planted.next]));
    expect([await filesOn(0), await filesOn(1)]).toEqual([[], []]);
    const texts = [...(buckets.get(home)?.objects ?? [])].map(([key, { text }]) => `${key}\n${text}`);
    expect(texts.length).toBeGreaterThan(10);
    expect(plantedIn(texts.join("\n"), Object.values(planted))).toEqual([]);
  });

  it("Another machine can roll it back, too", async () => {
    await madeBucket();
    trial.kill(6, "after");
    await expect(rotate({ ...input, stdin: true }, on(0, `${planted.next}\n`))).rejects.toThrow(Killed);
    trial.revive();
    const { name } = input;
    const request = { name, accept: false, syncTimeout: 60_000, rolloutTimeout: 60_000, dryRun: false, yes: true };
    const { document } = await rollback(request, on(1));
    expect(document.outcome).toBe("undone");
    expect(new Set(valuesOf(trial))).toEqual(new Set([planted.old]));
  });

  it("Two machines cannot rotate a secret at once", async () => {
    await madeBucket();
    const ended = await Promise.allSettled([rotate(input, on(0)), rotate(input, on(1))]);
    expect(ended.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(ended.find(({ status }) => status === "rejected")).toMatchObject({
      reason: {
        code: "JOURNAL_BUSY",
        message: expect.stringContaining("working on secret acme/orders/db: ana@laptop"),
      },
    });
  });

  it("While the region has no state bucket, the journal is on this machine, and gennet says so", async () => {
    expect((await rotate(input, on(0))).document.outcome).toBe("done");
    expect(await filesOn(0)).toHaveLength(1);
    expect(told.join("\n")).toContain(
      "Region site-eu-west-1 has no state bucket yet, so the journal is only on this machine.",
    );
  });
});
