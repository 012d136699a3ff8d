import { randomUUID } from "node:crypto";
import type { Clock } from "../../core/clock.ts";
import { AppError } from "../../core/error.ts";
import type { Emit } from "../../core/event.ts";
import { type HeldJournal, type Journal, type JournalStore, openJournal, withJournal } from "../../core/journal.ts";
import { beginRun, endRun, runStep } from "../../core/run.ts";
import { gotNoAnswer } from "../../core/transient.ts";
import { createStateBucket, findStateBucket } from "../resources/state-bucket.ts";
import { type RegionWorld } from "../world.ts";
import { bucketJournals } from "./bucket-journals.ts";
import { stateBucketName } from "./bucket-name.ts";
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

/** The leases of a run, and its journal. */
export interface RegionState {
  /**
   * Returns the journal once the run has the leases of these regions: creates the buckets that do not exist yet, and
   * takes their leases. Call it after the changes were agreed to, and before the first one.
   */
  journal(regions: readonly string[]): Promise<Journal>;
}

/** One line for people about where the journal is. */
export function stateNote({ state }: Pick<RegionWorld["platform"], "state">): string | undefined {
  return state === "local"
    ? "The journal and its lock are only on this machine (state: local in gennet.yaml)."
    : undefined;
}

/**
 * Does `work` with the leases of all regions that it touches, and releases them. They are taken in one order; if one
 * cannot be had, those before it are released. With `state: local`, there is one lock for the platform on this machine.
 * The signal of the work also aborts when a lease is lost.
 */
export async function withRegionState<T>(
  worlds: readonly RegionWorld[],
  settings: RegionStateSettings,
  work: (state: RegionState, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { local, name, clock, signal } = settings;
  if (worlds.every(({ platform }) => platform.state === "local")) {
    return withJournal(local, name, { clock, signal }, (journal, held) => work({ journal: async () => journal }, held));
  }
  const leases = new Leases(worlds, settings);
  try {
    await leases.takeExisting();
    return await work({ journal: (regions) => leases.journal(regions) }, leases.signal);
  } finally {
    await leases.release();
  }
}

/** The leases of the regions of one run, in the order of their buckets' names. */
class Leases {
  readonly signal: AbortSignal;
  readonly #settings: RegionStateSettings;
  readonly #worlds: readonly RegionWorld[];
  readonly #lost = new AbortController();
  /** By region. */
  readonly #held = new Map<string, HeldJournal>();
  /** Why there is no lease: the region did not answer. */
  readonly #silent = new Map<string, AppError>();
  #local: HeldJournal | undefined;

  constructor(worlds: readonly RegionWorld[], settings: RegionStateSettings) {
    this.#settings = settings;
    const bucketOf = ({ platform, region }: RegionWorld): string => stateBucketName(platform, region);
    this.#worlds = worlds.toSorted((one, other) => (bucketOf(one) < bucketOf(other) ? -1 : 1));
    this.signal = AbortSignal.any([settings.signal, this.#lost.signal]);
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
    return openJournal(journal, this.#settings.name, this.#settings.clock);
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
