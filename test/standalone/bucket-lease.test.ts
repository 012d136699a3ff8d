import { setMaxListeners } from "node:events";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { connectAws } from "../../src/aws/aws.ts";
import type { Aws } from "../../src/aws/port.ts";
import type { S3 } from "../../src/aws/s3/port.ts";
import type { Clock } from "../../src/core/clock.ts";
import type { AppError } from "../../src/core/error.ts";
import { type JournalStore, openJournal, readJournal } from "../../src/core/journal.ts";
import { beginRun, endRun } from "../../src/core/run.ts";
import { platformSchema, type Region } from "../../src/platform/schema.ts";
import { auditBucket } from "../../src/region/resources/audit-bucket.ts";
import { stateBucket } from "../../src/region/resources/state-bucket.ts";
import { bucketJournals } from "../../src/region/state/bucket-journals.ts";
import { auditBucketName, stateBucketName } from "../../src/region/state/bucket-name.ts";
import { withRegionState } from "../../src/region/state/region-state.ts";
import { journalOf, type RegionWorld } from "../../src/region/world.ts";
import { awsChanges } from "../support/aws-changes.ts";
import { type AwsEndpoint, startAwsEndpoint, stubAwsEnvironment } from "../support/aws-endpoint.ts";
import { type Emulator, emulator } from "../support/emulator.ts";
import { memoryJournals } from "../support/memory-journals.ts";
import { nonEmpty } from "../support/non-empty.ts";
import { realClock } from "../support/real-clock.ts";

const { signal } = new AbortController();
// Fifty contenders listen to it.
setMaxListeners(0, signal);
const bucket = "acme-eu-123456789012-state";
const tags = { "gennet:platform": "acme" };

/** Five times as fast as the machine's: a lease lasts twelve seconds. */
const clock: Clock = {
  now: () => realClock.now() * 5,
  sleep: (ms, until) => realClock.sleep(ms / 5, until),
};

let endpoint: AwsEndpoint;
let faults: Emulator;
let opened: Aws[] = [];

beforeAll(async () => {
  endpoint = await startAwsEndpoint(60, { servers: false });
  faults = emulator(endpoint.url);
});
afterAll(() => endpoint.stop());
beforeEach(async () => {
  stubAwsEnvironment(endpoint);
  await faults.reset();
});
afterEach(async () => {
  await Promise.all(opened.map((aws) => aws.close()));
  opened = [];
  vi.unstubAllEnvs();
});

function awsOf(accountId = endpoint.accountId): Aws {
  const settings = { env: {}, requestTimeoutMs: 10_000, clock: realClock, random: Math.random, emit: () => undefined };
  const aws = connectAws({ name: "eu", awsRegion: "eu-west-1", accountId }, settings);
  opened.push(aws);
  return aws;
}

async function s3Of(accountId?: string): Promise<S3> {
  return awsOf(accountId).service("s3");
}

/** A bucket as gennet sets it up. */
async function madeBucket(): Promise<S3> {
  const s3 = await s3Of();
  await s3.createBucket({ name: bucket, objectLock: false, tags }, signal);
  await s3.updateBucket(bucket, { versioned: true, tlsOnly: true, versionDays: 90 }, signal);
  return s3;
}

function storeOf(s3: S3, user = "ana@laptop"): JournalStore {
  const holder = { user, process: 7 };
  return bucketJournals({ s3, bucket, clock, holder, what: "region eu", emit: () => undefined });
}

describe("a lease in a bucket of the sandbox's S3", () => {
  it("Of 50 contenders, exactly one gets the lease, and the others are told whose it is", async () => {
    await madeBucket();
    const clients = await Promise.all(Array.from({ length: 10 }, () => s3Of()));
    const stores = clients.flatMap((s3, index) =>
      Array.from({ length: 5 }, (_, each) => storeOf(s3, `contender-${index * 5 + each}`)),
    );
    expect(stores).toHaveLength(50);
    const ended = await Promise.allSettled(stores.map((store) => store.hold("regions/acme", signal)));
    const held = ended.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    expect(held).toHaveLength(1);
    const reasons = ended.flatMap((each) => (each.status === "rejected" ? [each.reason as AppError] : []));
    const codes = nonEmpty(reasons).map(({ code, message }) => [code, message.includes("contender-")]);
    expect(new Set(codes.map(String))).toEqual(new Set(["JOURNAL_BUSY,true"]));
    expect(held[0]?.lost.aborted).toBe(false);
    await held[0]?.release();
  });

  it("The lease of a killed holder is taken over, and its journal continues", async () => {
    const s3 = await madeBucket();
    const process = awsChanges();
    const mortal = process.mortal(s3);
    const killed = await storeOf(mortal, "ana@laptop").hold("regions/acme", signal);
    await (await openJournal(killed, "regions/acme", clock)).write({ run: "r", event: "change", what: "one" });
    process.kill(0, "before");
    await process.change(() => undefined).catch(() => undefined);
    const next = await storeOf(s3, "bo@ci").hold("regions/acme", signal);
    await (await openJournal(next, "regions/acme", clock)).write({ run: "r", event: "change", what: "two" });
    const lines = await storeOf(s3).look("regions/acme");
    if (lines === undefined) throw new Error("there is no journal");
    const { entries } = await readJournal(lines, "regions/acme");
    expect(entries.map(({ what }) => what)).toEqual(["one", "two"]);
    await next.release();
  });

  it("A lost answer to any write locks no one out of its own lease or journal", async () => {
    const s3 = await madeBucket();
    const rule = { service: "s3", action: "drop-after", times: 1 } as const;
    const lose = (operation: string): Promise<void> => faults.fault({ ...rule, operation });
    await lose("PutObject");
    const held = await storeOf(s3).hold("regions/acme", signal);
    const journal = await openJournal(held, "regions/acme", clock);
    for (const what of ["one", "two", "three"]) {
      await lose("PutObject");
      await journal.write({ run: "r", event: "change", what });
    }
    await lose("DeleteObject");
    await held.release();
    expect(await faults.unusedFaults()).toEqual([]);
    expect(held.lost.aborted).toBe(false);
    const begun = clock.now();
    const again = await storeOf(s3).hold("regions/acme", signal);
    // The release took effect: nothing had to expire.
    expect(clock.now() - begun).toBeLessThan(60_000);
    expect((await openJournal(again, "regions/acme", clock)).entries.map(({ what }) => what)).toEqual([
      "one",
      "two",
      "three",
    ]);
    await again.release();
  });

  it("A conflict with another write is no answer: the write is repeated", async () => {
    const s3 = await madeBucket();
    const conflict = { service: "s3", action: "error", code: "ConditionalRequestConflict", status: 409 } as const;
    await faults.fault({ ...conflict, operation: "PutObject", times: 2 });
    const etag = await s3.createObject(bucket, "a/b", "text", "absent", signal);
    expect(etag).toBeDefined();
    expect(await s3.createObject(bucket, "a/b", "other", "absent", signal)).toBeUndefined();
    expect(await s3.object(bucket, "a/b", signal)).toEqual({ etag, text: "text" });
    expect(await s3.createObject(bucket, "none", "text", { etag: etag ?? "" }, signal)).toBeUndefined();
    expect(await s3.deleteObject(bucket, "a/b", '"0"', signal)).toBe(false);
    await faults.fault({ ...conflict, operation: "DeleteObject", times: 1 });
    expect(await s3.deleteObject(bucket, "a/b", etag ?? "", signal)).toBe(true);
    expect(await s3.object(bucket, "a/b", signal)).toBeUndefined();
    expect(await s3.createObject(bucket, "a/b", "again", "absent", signal)).toBeDefined();
    expect(await faults.unusedFaults()).toEqual([]);
  });

  it("Keys are listed in order, from any key on", async () => {
    const s3 = await madeBucket();
    const keys = ["a/1", "a/2", "a/3", "b/1"];
    for (const key of keys) await s3.createObject(bucket, key, key, "absent", signal);
    expect(await s3.keys(bucket, "a/", undefined, signal)).toEqual(["a/1", "a/2", "a/3"]);
    expect(await s3.keys(bucket, "a/", "a/1", signal)).toEqual(["a/2", "a/3"]);
  });
});

describe("the state of a region in the sandbox's S3", () => {
  it("The first run creates its bucket and leaves no lease, and a locked copy of its journal", async () => {
    const { accountId } = endpoint;
    const region = { name: "eu", awsRegion: "eu-west-1", accountId, cluster: "acme-eu" };
    const given = { name: "acme", domain: "acme.example", state: "bucket", regions: [region] };
    const platform = platformSchema.parse(given);
    const none = (): never => {
      throw new Error("there is no cluster");
    };
    const aws = awsOf();
    const world: RegionWorld = { platform, region: platform.regions[0] as Region, aws, cluster: none };
    const outputs = { output: none, required: none };
    const context = { world, signal, ...outputs, primary: { world, ...outputs } };
    const name = journalOf(platform);
    const holder = { user: "ana@laptop", process: 7 };
    const settings = { local: memoryJournals(), name, holder, clock, signal, emit: () => undefined };
    await withRegionState({ worlds: [world], regions: ["eu"] }, settings, async (state) => {
      const run = await beginRun(await state.journal(["eu"]), "r1", {});
      for (const resource of [stateBucket, auditBucket]) {
        await resource.apply(await resource.read(context), context);
        expect(resource.diff(await resource.read(context), context)).toEqual({ operations: [] });
      }
      await endRun(run, "done");
    });
    const s3 = await aws.service("s3");
    const keys = await s3.keys(stateBucketName(platform, world.region), "", undefined, signal);
    expect(keys.map((key) => key.replace(`journals/${name}/`, ""))).toEqual([
      "head",
      "lines/0000000001",
      "lines/0000000002",
    ]);
    const copy = await s3.object(auditBucketName(platform, world.region), `runs/${name}/r1.jsonl`, signal);
    expect(copy?.text.split("\n")).toHaveLength(3);
  });
});

describe("a bucket of the sandbox's S3", () => {
  it("A bucket is read as it was set up, and another run changes nothing", async () => {
    const s3 = await s3Of();
    expect(await s3.bucket(bucket, signal)).toBeUndefined();
    for (const _run of ["first", "second"]) {
      await s3.createBucket({ name: bucket, objectLock: true, tags }, signal);
      await s3.updateBucket(
        bucket,
        {
          versioned: true,
          publicAccessBlocked: true,
          tlsOnly: true,
          versionDays: 90,
          lockDays: 365,
          encryption: "AES256",
        },
        signal,
      );
      expect(await s3.bucket(bucket, signal)).toEqual({
        name: bucket,
        versioned: true,
        encryption: "AES256",
        publicAccessBlocked: true,
        tlsOnly: true,
        versionDays: 90,
        lockDays: 365,
        tags,
      });
    }
  });

  it("A new bucket is closed and encrypted, has its tags, and nothing else", async () => {
    const s3 = await s3Of();
    await s3.createBucket({ name: bucket, objectLock: false, tags }, signal);
    expect(await s3.bucket(bucket, signal)).toEqual({
      name: bucket,
      versioned: false,
      encryption: "AES256",
      publicAccessBlocked: true,
      tlsOnly: false,
      versionDays: 0,
      lockDays: 0,
      tags,
    });
  });

  it("A bucket of another account is refused", async () => {
    await madeBucket();
    const other = await s3Of("999999999999");
    await expect(other.bucket(bucket, signal)).rejects.toMatchObject({ code: "AWS_DENIED", exit: 4 });
  });
});
