import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import type { Clock } from "../../core/clock.ts";
import { AppError } from "../../core/error.ts";
import type { Emit } from "../../core/event.ts";
import { type HeldJournal, type Journal, type JournalStore, openJournal } from "../../core/journal.ts";
import { beginRun, endRun, runStep } from "../../core/run.ts";
import { gotNoAnswer } from "../../core/transient.ts";
import { createStateBucket, findStateBucket } from "../resources/state-bucket.ts";
import type { RegionWorld } from "../world.ts";
import { copyToAudit } from "./audit-copies.ts";
import { bucketJournals } from "./bucket-journals.ts";
import { auditBucketName, stateBucketName } from "./bucket-name.ts";
import type { LeaseHolder } from "./lease-record.ts";

/** What a run of regions needs of its surroundings. */
export interface RegionStateSettings {
  /** Journals on this machine. */
  readonly local: JournalStore;
  /** The name of the journal. */
  readonly name: string;
  readonly holder: LeaseHolder;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

/** The leases of the regions of one run, in the order of their buckets' names. */
export class RegionLeases {
  readonly signal: AbortSignal;
  readonly #settings: RegionStateSettings;
  readonly #worlds: readonly RegionWorld[];
  readonly #lost = new AbortController();
  /** By region. */
  readonly #held = new Map<string, HeldJournal>();
  /** Why there is no lease: the region did not answer. */
  readonly #silent = new Map<string, AppError>();
  /** The world in which resources of the platform are. */
  readonly #platform: RegionWorld | undefined;
  #local: HeldJournal | undefined;
  #journal: Journal | undefined;

  constructor(worlds: readonly RegionWorld[], settings: RegionStateSettings) {
    this.#settings = settings;
    this.#platform = worlds.find(({ region }) => region.primary === true) ?? worlds[0];
    const bucketOf = ({ platform, region }: RegionWorld): string => stateBucketName(platform, region);
    this.#worlds = worlds.toSorted((one, other) => (bucketOf(one) < bucketOf(other) ? -1 : 1));
    this.signal = AbortSignal.any([settings.signal, this.#lost.signal]);
    setMaxListeners(0, this.signal);
  }

  /** Takes the leases in the buckets that exist, and the local lock if one does not. */
  async takeExisting(): Promise<void> {
    for (const world of this.#worlds) {
      try {
        await world.aws.verifyAccount(this.signal);
        if ((await findStateBucket(world, this.signal)) !== undefined) await this.#take(world);
      } catch (error) {
        this.signal.throwIfAborted();
        // One region that is down must not stop the work on another.
        if (!(error instanceof AppError) || !gotNoAnswer(error)) throw error;
        this.#silent.set(world.region.name, error);
      }
    }
    const [first] = this.#silent.values();
    if (first !== undefined && this.#silent.size === this.#worlds.length) throw first;
    if (this.#missing().length === 0) return;
    const { local, name } = this.#settings;
    this.#local = this.#watched(await local.hold(name, this.signal));
  }

  async journal(regions: readonly string[]): Promise<Journal> {
    for (const region of regions) {
      const silent = this.#silent.get(region);
      if (silent !== undefined) throw silent;
    }
    const missing = this.#missing().filter(({ region }) => regions.includes(region.name));
    if (this.#local !== undefined && missing.length > 0) await this.#create(missing, this.#local);
    const home = this.#worlds.find(({ region }) => region.primary === true && this.#held.has(region.name));
    const journal = this.#held.get(home?.region.name ?? "") ?? [...this.#held.values()][0];
    if (journal === undefined) throw new Error("a run without a region has no journal");
    return (this.#journal = await openJournal(journal, this.#settings.name, this.#settings.clock));
  }

  /** Copies the runs that are over. What cannot be copied now is copied after the next run. */
  async copyToAudit(): Promise<void> {
    if (this.#journal === undefined || this.#platform === undefined) return;
    const { platform, region, aws } = this.#platform;
    try {
      const audit = { s3: await aws.service("s3"), bucket: auditBucketName(platform, region) };
      await copyToAudit(audit, this.#settings.name, this.#journal, this.signal);
    } catch (error) {
      this.signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      const text = `The run was not copied to the audit bucket; the next run copies it. ${error.message}`;
      this.#settings.emit({ type: "note", level: "warn", text });
    }
  }

  /** Releases every lease, the last one first. */
  async release(): Promise<void> {
    for (const held of [...this.#held.values()].toReversed()) await held.release();
    await this.#local?.release();
  }

  #missing(): readonly RegionWorld[] {
    return this.#worlds.filter(({ region: { name } }) => !this.#held.has(name) && !this.#silent.has(name));
  }

  /**
   * Creates buckets and takes the lease of each before the next. Of two first runs, one gets the lease; the other one
   * has changed nothing but the bucket that both need. The evidence is in the local journal.
   */
  async #create(missing: readonly RegionWorld[], local: HeldJournal): Promise<void> {
    const { name, clock } = this.#settings;
    const journal = await openJournal(local, name, clock);
    const run = await beginRun(journal, randomUUID(), { buckets: missing.map((world) => bucketIn(world)) });
    for (const world of missing) {
      const step = runStep(run, `${world.region.name}/state-bucket`, {
        clock,
        signal: this.signal,
        report: () => undefined,
      });
      await step.change(`create bucket ${bucketIn(world)}`, () => createStateBucket(world, this.signal));
      // It may be the bucket of another process by now, or a foreign one.
      if ((await findStateBucket(world, this.signal)) === undefined) throw notThere(world);
      await this.#take(world);
      await step.record({ event: "done" });
    }
    await endRun(run, "done");
  }

  async #take(world: RegionWorld): Promise<void> {
    const { name, holder, clock, emit } = this.#settings;
    const s3 = await world.aws.service("s3");
    const what = `region ${world.region.name}`;
    const store = bucketJournals({ s3, bucket: bucketIn(world), clock, holder, what, emit });
    this.#held.set(world.region.name, this.#watched(await store.hold(name, this.signal)));
  }

  #watched(held: HeldJournal): HeldJournal {
    const lose = (): void => this.#lost.abort(held.lost.reason);
    if (held.lost.aborted) lose();
    held.lost.addEventListener("abort", lose, { once: true });
    return held;
  }
}

function bucketIn({ platform, region }: RegionWorld): string {
  return stateBucketName(platform, region);
}

function notThere(world: RegionWorld): AppError {
  return new AppError("STEP_NOT_READY", `The bucket ${bucketIn(world)} was created, but S3 does not show it yet.`, {
    next: ["Run the same command again: it resumes from here."],
  });
}
