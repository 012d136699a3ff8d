import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Clock } from "../../src/core/clock.ts";
import { AppError } from "../../src/core/error.ts";
import { type HeldJournal, openJournal, readJournal } from "../../src/core/journal.ts";
import { bucketJournals } from "../../src/region/state/bucket-journals.ts";
import { leaseMs } from "../../src/region/state/lease-terms.ts";
import type { ObjectStore } from "../../src/region/state/state-object.ts";
import { awsChanges } from "../support/aws-changes.ts";
import { effort } from "../support/effort.ts";
import { type MemoryBuckets, memoryS3 } from "../support/memory-s3.ts";
import { virtualClock } from "../support/virtual-clock.ts";

const { signal } = new AbortController();
const bucket = "acme-eu-111122223333-state";
const name = "regions/acme";
const noAnswer = new AppError("AWS_UNREACHABLE", "AWS did not answer");

function emptyBuckets(): MemoryBuckets {
  const settings = { versioned: true, encryption: "AES256", publicAccessBlocked: true, tlsOnly: true };
  return new Map([[bucket, { settings: { ...settings, versionDays: 90, lockDays: 0, tags: {} }, objects: new Map() }]]);
}

function hold(s3: ObjectStore, clock: Clock, user: string, until = signal): Promise<HeldJournal> {
  const holder = { user, process: 1 };
  return bucketJournals({ s3, bucket, clock, holder, what: "region eu", emit: () => undefined }).hold(name, until);
}

async function journalled(buckets: MemoryBuckets): Promise<readonly string[]> {
  const s3 = memoryS3(buckets, awsChanges());
  const place = { s3, bucket, clock: virtualClock(), holder: { user: "reader", process: 1 }, what: "region eu" };
  const lines = await bucketJournals({ ...place, emit: () => undefined }).look(name);
  return lines === undefined ? [] : (await readJournal(lines, name)).entries.map(({ what = "" }) => what);
}

/** Holds the journal, writes three lines and releases it. Keeps what was confirmed. */
async function shortRun(s3: ObjectStore, clock: Clock, user: string, confirmed: string[]): Promise<void> {
  const held = await hold(s3, clock, user);
  try {
    const journal = await openJournal(held, name, clock);
    for (const what of ["one", "two", "three"].map((line) => `${user}: ${line}`)) {
      await journal.write({ run: user, event: "change", what });
      confirmed.push(what);
      await clock.sleep(15_000);
    }
  } finally {
    await held.release();
  }
}

async function changesOfARun(): Promise<number> {
  const changes = awsChanges();
  await shortRun(memoryS3(emptyBuckets(), changes), virtualClock(), "ana", []);
  return changes.count();
}

const moments = ["before", "after"] as const;

describe("a holder that is killed at any change", () => {
  it("The next holder takes over, and no confirmed line is lost or doubled", async () => {
    const count = await changesOfARun();
    expect(count).toBeGreaterThan(10);
    for (const when of moments) {
      for (let n = 0; n < count; n++) {
        const [buckets, clock, changes] = [emptyBuckets(), virtualClock(), awsChanges()];
        const confirmed: string[] = [];
        changes.kill(n, when);
        await shortRun(changes.mortal(memoryS3(buckets, changes)), clock, "ana", confirmed).catch(() => undefined);
        await shortRun(memoryS3(buckets, awsChanges()), clock, "bo", confirmed);
        const lines = await journalled(buckets);
        expect(new Set(lines).size).toBe(lines.length);
        expect(lines).toEqual(expect.arrayContaining(confirmed));
        expect(lines.slice(-3)).toEqual(["bo: one", "bo: two", "bo: three"]);
      }
    }
  });
});

describe("an answer that is lost at any change", () => {
  it("The holder finds its own write, and the run is as if nothing had happened", async () => {
    const count = await changesOfARun();
    expect(count).toBeGreaterThan(10);
    for (const when of moments) {
      for (let n = 0; n < count; n++) {
        const [buckets, clock, changes] = [emptyBuckets(), virtualClock(), awsChanges()];
        const confirmed: string[] = [];
        changes.strike(n, when, noAnswer);
        await shortRun(memoryS3(buckets, changes), clock, "ana", confirmed);
        expect(await journalled(buckets)).toEqual(["ana: one", "ana: two", "ana: three"]);
        const begun = clock.now();
        // Only a release that never arrived leaves the lease, for as long as it lasts.
        await shortRun(memoryS3(buckets, awsChanges()), clock, "bo", confirmed);
        const isReleased = n < count - 1 || when === "after";
        expect(clock.now() - begun < leaseMs).toBe(isReleased);
        expect(await journalled(buckets)).toHaveLength(6);
      }
    }
  });
});

interface Chaos {
  readonly contenders: number;
  /** The longest time of a call, before and after it takes effect. */
  readonly slowMs: number;
  /** The share of calls whose answer is lost, before or after they take effect. */
  readonly lossy: number;
  readonly killed: number;
  readonly suspended: number;
  readonly seed: number;
}

/** Numbers from 0 up to 1, always the same for a seed. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** S3 over a slow and lossy network. A call that was sent takes effect even if its caller has given up. */
function farS3(near: ObjectStore, clock: Clock, { slowMs, lossy }: Chaos, random: () => number): ObjectStore {
  const far =
    <A extends readonly unknown[], T>(call: (...args: A) => Promise<T>): ((...args: A) => Promise<T>) =>
    (...args) => {
      const caller = args.at(-1) as AbortSignal;
      const sent = (async () => {
        await clock.sleep(random() * slowMs);
        if (random() < lossy / 2) throw noAnswer;
        const answer = await call(...([...args.slice(0, -1), signal] as unknown as A));
        await clock.sleep(random() * slowMs);
        if (random() < lossy / 2) throw noAnswer;
        return answer;
      })();
      let give = (): void => undefined;
      const given = new Promise<never>((_, reject) => {
        give = () => reject(caller.reason);
        if (caller.aborted) give();
        caller.addEventListener("abort", give, { once: true });
      });
      sent.catch(() => undefined);
      return Promise.race([sent, given]).finally(() => caller.removeEventListener("abort", give));
    };
  return {
    object: far(near.object),
    keys: far(near.keys),
    createObject: far(near.createObject),
    deleteObject: far(near.deleteObject),
  };
}

/** How often a process tries again. */
const attempts = 15;

/** The S3 of a process that is killed before or after one of its writes: nothing it calls later does anything. */
function mortalS3(near: ObjectStore, writes: number, when: "before" | "after"): ObjectStore {
  let left = writes;
  let isDead = false;
  const alive = (): void => {
    if (isDead) throw new Error("killed");
  };
  const read =
    <A extends readonly unknown[], T>(call: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      alive();
      return call(...args);
    };
  const write =
    <A extends readonly unknown[], T>(call: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      alive();
      isDead = left-- === 0;
      if (when === "before") alive();
      const answer = await call(...args);
      alive();
      return answer;
    };
  return {
    object: read(near.object),
    keys: read(near.keys),
    createObject: write(near.createObject),
    deleteObject: write(near.deleteObject),
  };
}

interface Seen {
  readonly confirmed: string[];
  readonly holders: Set<string>;
  /** Every time at which two processes that run had the lease. */
  readonly doubled: string[];
}

/** One process that wants to do its work, and tries again until it could. */
async function contender(
  id: number,
  buckets: MemoryBuckets,
  clock: Clock,
  chaos: Chaos,
  random: () => number,
  seen: Seen,
): Promise<void> {
  const user = `p${id}`;
  const writes = random() < chaos.killed ? Math.floor(random() * 12) : Number.POSITIVE_INFINITY;
  const isSuspended = random() < chaos.suspended;
  let frozen: Promise<void> | undefined;
  /** Time passes for this process only while it is not suspended. */
  const own: Clock = {
    now: clock.now,
    sleep: async (ms, until) => {
      await clock.sleep(ms, until);
      await frozen;
    },
  };
  const near = mortalS3(memoryS3(buckets, awsChanges()), writes, random() < 0.5 ? "before" : "after");
  const s3 = farS3(near, own, chaos, random);
  for (let attempt = 0; attempt < attempts; attempt++) {
    let held: HeldJournal | undefined;
    try {
      held = await hold(s3, own, user);
      const { lost } = held;
      lost.throwIfAborted();
      seen.holders.add(user);
      lost.addEventListener("abort", () => seen.holders.delete(user), { once: true });
      if (seen.holders.size > 1) seen.doubled.push([...seen.holders].join(" and "));
      const journal = await openJournal(held, name, own);
      for (let line = 0; line < 3; line++) {
        lost.throwIfAborted();
        const what = `${user}.${attempt}.${line}`;
        await journal.write({ run: user, event: "change", what });
        seen.confirmed.push(what);
        if (isSuspended && line === 1 && attempt === 0) {
          seen.holders.delete(user);
          frozen = clock.sleep(40_000 + random() * 100_000);
          await frozen;
          frozen = undefined;
        }
        await own.sleep(random() * 20_000, lost);
      }
      return;
    } catch (error) {
      if (!(error instanceof AppError)) {
        // It was killed: it releases nothing.
        held = undefined;
        return;
      }
      await own.sleep(random() * 30_000);
    } finally {
      seen.holders.delete(user);
      await held?.release().catch(() => undefined);
    }
  }
}

describe("many processes that want one lease over a bad network", () => {
  it("Never do two have it, and no confirmed line is lost", async () => {
    const chaos = fc.record<Chaos>({
      contenders: fc.integer({ min: 2, max: 6 }),
      slowMs: fc.constantFrom(0, 200, 5_000, 20_000),
      lossy: fc.constantFrom(0, 0.1, 0.4),
      killed: fc.constantFrom(0, 0.5),
      suspended: fc.constantFrom(0, 0.5),
      seed: fc.nat(),
    });
    let confirmed = 0;
    await fc.assert(
      fc.asyncProperty(chaos, async (each) => {
        const [buckets, clock, random] = [emptyBuckets(), virtualClock(), randomOf(each.seed)];
        const seen: Seen = { confirmed: [], holders: new Set(), doubled: [] };
        const all = Array.from({ length: each.contenders }, (_, id) =>
          contender(id, buckets, clock, each, random, seen),
        );
        await Promise.all(all);
        expect(seen.doubled).toEqual([]);
        // Throws if the chain is broken anywhere.
        const lines = await journalled(buckets);
        expect(new Set(lines).size).toBe(lines.length);
        expect(lines).toEqual(expect.arrayContaining(seen.confirmed));
        confirmed += seen.confirmed.length;
      }),
      effort({ daily: 40, nightly: 3_000, seed: 20_260_101 }),
    );
    expect(confirmed).toBeGreaterThan(100);
  });
});
