import { type Journal, withJournal } from "../../core/journal.ts";
import type { RegionWorld } from "../world.ts";
import { assertUnfenced } from "./platform-fences.ts";
import { RegionLeases, type RegionStateSettings } from "./region-leases.ts";

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

/** The regions of a run. */
export interface TouchedRegions {
  /** All regions of the platform. */
  readonly worlds: readonly RegionWorld[];
  /** The names of those that the run changes. */
  readonly regions: readonly string[];
}

/**
 * Does `work` with the leases of all regions that it touches, and releases them. They are taken in one order; if one
 * cannot be had, those before it are released. With `state: local`, there is one lock for the platform on this machine.
 * The signal of the work also aborts when a lease is lost. Throws REGION_FENCED.
 */
export async function withRegionState<T>(
  { worlds, regions }: TouchedRegions,
  settings: RegionStateSettings,
  work: (state: RegionState, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { local, name, clock, signal, emit } = settings;
  if (worlds.every(({ platform }) => platform.state === "local")) {
    return withJournal(local, name, { clock, signal }, (journal, held) => work({ journal: async () => journal }, held));
  }
  const touched = worlds.filter(({ region }) => regions.includes(region.name));
  const unread = await assertUnfenced(worlds, regions, signal);
  for (const [{ region }, { message }] of unread) {
    const text = `The state bucket of region ${region.name} could not be read: a fence in it is not seen. ${message}`;
    emit({ type: "note", level: "warn", text });
  }
  const leases = new RegionLeases(touched, settings);
  try {
    await leases.takeExisting();
    // One may have been left since.
    const readable = worlds.filter((world) => !unread.has(world));
    await assertUnfenced(readable, regions, leases.signal);
    const done = await work({ journal: (read) => leases.journal(read) }, leases.signal);
    await leases.copyToAudit();
    return done;
  } finally {
    await leases.release();
  }
}
