import { describe, expect, it } from "vitest";
import { awsChanges, type AwsChanges } from "../../../test/support/aws-changes.ts";
import { type MemoryBuckets, memoryS3 } from "../../../test/support/memory-s3.ts";
import { virtualClock } from "../../../test/support/virtual-clock.ts";
import type { Clock } from "../../core/clock.ts";
import { AppError } from "../../core/error.ts";
import type { Event } from "../../core/event.ts";
import { type HeldJournal, type JournalStore, openJournal, readJournal, withJournal } from "../../core/journal.ts";
import { bucketJournals } from "./bucket-journals.ts";
import { leaseMs, trustMs } from "./lease-terms.ts";
import type { ObjectStore } from "./state-object.ts";

const { signal } = new AbortController();
const bucket = "acme-eu-111122223333-state";
const noAnswer = new AppError("AWS_UNREACHABLE", "AWS did not answer");

function emptyBuckets(): MemoryBuckets {
  const settings = { versioned: true, encryption: "AES256", publicAccessBlocked: true, tlsOnly: true };
  return new Map([[bucket, { settings: { ...settings, versionDays: 90, lockDays: 0, tags: {} }, objects: new Map() }]]);
}

interface Machine {
  readonly store: JournalStore;
  readonly changes: AwsChanges;
  readonly notes: readonly string[];
}

/** A process on another machine. */
function machine(buckets: MemoryBuckets, clock: Clock, user = "ana@laptop", s3?: ObjectStore): Machine {
  const changes = awsChanges();
  const notes: string[] = [];
  const emit = (event: Event): void => void (event.type === "note" && notes.push(event.text));
  const own = s3 ?? changes.mortal(memoryS3(buckets, changes));
  const holder = { user, process: 7 };
  return { store: bucketJournals({ s3: own, bucket, clock, holder, what: "region eu", emit }), changes, notes };
}

async function written(held: HeldJournal, clock: Clock, ...whats: readonly string[]): Promise<void> {
  const journal = await openJournal(held, "regions/acme", clock);
  for (const what of whats) await journal.write({ run: "r", event: "change", what });
}

async function entriesIn(buckets: MemoryBuckets): Promise<readonly (string | undefined)[]> {
  const lines = await machine(buckets, virtualClock()).store.look("regions/acme");
  if (lines === undefined) return [];
  return (await readJournal(lines, "regions/acme")).entries.map(({ what }) => what);
}

describe("a journal in a bucket", () => {
  it("A journal in a bucket is read by the next holder as it was written", async () => {
    const [buckets, clock] = [emptyBuckets(), virtualClock()];
    const first = await machine(buckets, clock).store.hold("regions/acme", signal);
    await written(first, clock, "one", "two");
    await first.release();
    const second = await machine(buckets, clock).store.hold("regions/acme", signal);
    await written(second, clock, "three");
    await second.release();
    expect(await entriesIn(buckets)).toEqual(["one", "two", "three"]);
  });

  it("A journal that does not exist is undefined without its lease", async () => {
    expect(await machine(emptyBuckets(), virtualClock()).store.look("regions/acme")).toBeUndefined();
  });

  it("A long journal is read from few objects, and continues", async () => {
    const [buckets, clock] = [emptyBuckets(), virtualClock()];
    const whats = Array.from({ length: 230 }, (_, index) => `change ${index + 1}`);
    for (const part of [whats.slice(0, 120), whats.slice(120, 225), whats.slice(225)]) {
      const held = await machine(buckets, clock).store.hold("regions/acme", signal);
      await written(held, clock, ...part);
      await held.release();
    }
    const objects = buckets.get(bucket)?.objects ?? new Map();
    expect([...objects.keys()].filter((key) => key.includes("/segments/"))).toEqual([
      "journals/regions/acme/segments/0000000120",
      "journals/regions/acme/segments/0000000225",
    ]);
    // What a segment contains is not read again from the objects of its lines.
    for (const key of objects.keys())
      if (key.includes("/lines/") && key < `journals/regions/acme/lines/0000000226`) objects.delete(key);
    expect(await entriesIn(buckets)).toEqual(whats);
  });

  it.each(["/lines/0000000002", "/segments/0000000120"])(
    "A journal with a changed object %s is refused",
    async (key) => {
      const [buckets, clock] = [emptyBuckets(), virtualClock()];
      const held = await machine(buckets, clock).store.hold("regions/acme", signal);
      await written(held, clock, ...Array.from({ length: key.includes("lines") ? 3 : 120 }, (_, index) => `${index}`));
      await held.read();
      await held.release();
      const objects = buckets.get(bucket)?.objects;
      const there = objects?.get(`journals/regions/acme${key}`);
      expect(there).toBeDefined();
      objects?.set(`journals/regions/acme${key}`, { etag: "x", text: (there?.text ?? "").replace("change", "chance") });
      await expect(entriesIn(buckets)).rejects.toMatchObject({ code: "JOURNAL_BROKEN" });
    },
  );

  it("A journal in a bucket whose last line was deleted is refused", async () => {
    const [buckets, clock] = [emptyBuckets(), virtualClock()];
    const held = await machine(buckets, clock).store.hold("regions/acme", signal);
    await written(held, clock, "one", "two");
    await held.release();
    buckets.get(bucket)?.objects.delete("journals/regions/acme/lines/0000000002");
    await expect(entriesIn(buckets)).rejects.toMatchObject({ code: "JOURNAL_BROKEN" });
  });
});

describe("the lease of a bucket", () => {
  it("A lease has one holder; another process is told who that is", async () => {
    const [buckets, clock] = [emptyBuckets(), virtualClock()];
    const first = await machine(buckets, clock, "ana@laptop").store.hold("regions/acme", signal);
    await expect(machine(buckets, clock, "bo@ci").store.hold("regions/acme", signal)).rejects.toMatchObject({
      code: "JOURNAL_BUSY",
      exit: 7,
      message: expect.stringMatching(
        /^Another gennet process is working on region eu: ana@laptop \(process 7, since 2026-/,
      ),
    });
    expect(first.lost.aborted).toBe(false);
    await first.release();
    await (await machine(buckets, clock, "bo@ci").store.hold("regions/acme", signal)).release();
  });

  it("A lease in a bucket contains nothing but who works since when", async () => {
    const [buckets, clock] = [emptyBuckets(), virtualClock()];
    const held = await machine(buckets, clock).store.hold("regions/acme", signal);
    const text = buckets.get(bucket)?.objects.get("journals/regions/acme/lease")?.text ?? "{}";
    expect(Object.keys(JSON.parse(text)).toSorted()).toEqual([
      "beat",
      "beatAt",
      "expires",
      "id",
      "process",
      "since",
      "user",
    ]);
    await held.release();
  });

  it("The lease of a killed process is taken over after its time, with a note whose it was", async () => {
    const [buckets, clock] = [emptyBuckets(), virtualClock()];
    const killed = machine(buckets, clock, "ana@laptop");
    const first = await killed.store.hold("regions/acme", signal);
    await written(first, clock, "one");
    killed.changes.kill(0, "before");
    const begun = clock.now();
    const next = machine(buckets, clock, "bo@ci");
    const second = await next.store.hold("regions/acme", signal);
    expect(clock.now() - begun).toBeGreaterThanOrEqual(leaseMs);
    expect(next.notes.at(-1)).toMatch(
      /^Took over the lease of region eu from ana@laptop \(process 7, since .+\), whose/,
    );
    await written(second, clock, "two");
    await second.release();
    expect(await entriesIn(buckets)).toEqual(["one", "two"]);
  });

  it("A clock that is hours ahead takes no lease over before its time", async () => {
    const [buckets, clock] = [emptyBuckets(), virtualClock()];
    const first = await machine(buckets, clock).store.hold("regions/acme", signal);
    const ahead = { ...clock, now: () => clock.now() + 10 * 3_600_000 };
    await expect(machine(buckets, ahead).store.hold("regions/acme", signal)).rejects.toMatchObject({
      code: "JOURNAL_BUSY",
    });
    expect(first.lost.aborted).toBe(false);
    await first.release();
  });

  it("A holder whose heartbeats get no answer stops before anyone can take its lease over", async () => {
    const [buckets, clock] = [emptyBuckets(), virtualClock()];
    let isDown = false;
    const real = memoryS3(buckets, awsChanges());
    const fail =
      <A extends readonly unknown[], T>(call: (...args: A) => Promise<T>) =>
      async (...args: A): Promise<T> => {
        if (isDown) throw noAnswer;
        return call(...args);
      };
    const s3 = { ...real, createObject: fail(real.createObject), object: fail(real.object) };
    const held = await machine(buckets, clock, "ana@laptop", s3).store.hold("regions/acme", signal);
    isDown = true;
    const begun = clock.now();
    await new Promise((resolve) => held.lost.addEventListener("abort", resolve));
    expect(clock.now() - begun).toBeLessThanOrEqual(trustMs);
    expect(held.lost.reason).toMatchObject({ code: "JOURNAL_LOST", exit: 7 });
    await held.release();
  });

  it("A process that was suspended while its lease ran out writes nothing more", async () => {
    const [buckets, clock] = [emptyBuckets(), virtualClock()];
    // A suspended process: its timers do not fire, while the time passes.
    let asleepMs = 0;
    const suspended = { now: () => clock.now() + asleepMs, sleep: async () => new Promise<void>(() => undefined) };
    const first = await machine(buckets, suspended).store.hold("regions/acme", signal);
    const journal = await openJournal(first, "regions/acme", suspended);
    await journal.write({ run: "r", event: "change", what: "one" });
    asleepMs = leaseMs;
    await expect(journal.write({ run: "r", event: "change", what: "two" })).rejects.toMatchObject({
      code: "JOURNAL_LOST",
    });
    expect(first.lost.aborted).toBe(true);
    expect(await entriesIn(buckets)).toEqual(["one"]);
  });

  it("Of two writers, one fails, even if neither knows that its lease is gone", async () => {
    const [buckets, clock] = [emptyBuckets(), virtualClock()];
    const first = await machine(buckets, clock, "ana@laptop").store.hold("regions/acme", signal);
    await written(first, clock, "one");
    buckets.get(bucket)?.objects.delete("journals/regions/acme/lease");
    const second = await machine(buckets, clock, "bo@ci").store.hold("regions/acme", signal);
    await written(second, clock, "two");
    await expect(first.append("three")).rejects.toMatchObject({
      code: "JOURNAL_LOST",
      message: expect.stringContaining("bo@ci"),
    });
    await first.release();
    await written(second, clock, "four");
    await second.release();
    expect(await entriesIn(buckets)).toEqual(["one", "two", "four"]);
  });

  it("The wait for a lease ends with its signal", async () => {
    const [buckets, clock] = [emptyBuckets(), virtualClock()];
    const killed = machine(buckets, clock);
    await killed.store.hold("regions/acme", signal);
    killed.changes.kill(0, "before");
    const stop = new AbortController();
    const waiting = machine(buckets, clock).store.hold("regions/acme", stop.signal);
    stop.abort(new Error("Ctrl-C"));
    await expect(waiting).rejects.toThrow("Ctrl-C");
    await clock.sleep(leaseMs);
  });

  it("The lease is released if the work fails", async () => {
    const [buckets, clock] = [emptyBuckets(), virtualClock()];
    const { store } = machine(buckets, clock);
    const work = withJournal(store, "regions/acme", { clock, signal }, () => Promise.reject(new Error("it failed")));
    await expect(work).rejects.toThrow("it failed");
    expect([...(buckets.get(bucket)?.objects.keys() ?? [])]).toEqual([]);
  });
});
