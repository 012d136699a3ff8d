import { randomUUID } from "node:crypto";
import type { Emit } from "../../core/event.ts";
import { formatDuration } from "../../core/duration.ts";
import { keepLease, type KeptLease, trust } from "./keep-lease.ts";
import { busy, holderIn, type LeaseHolder, newRecord, parseRecord, recordText } from "./lease-record.ts";
import { leaseMs, lookMs } from "./lease-terms.ts";
import { type StateBucket, write } from "./state-object.ts";

/** A lease that can be taken: an object in a bucket. */
export interface LeasePlace extends StateBucket {
  readonly key: string;
  /** What the lease is for, in messages. */
  readonly what: string;
  readonly holder: LeaseHolder;
  readonly emit: Emit;
}

const attempts = 5;

/**
 * Takes a lease. If another process has it, watches it: throws JOURNAL_BUSY when it changes, and takes it over when it
 * has not changed for as long as a lease lasts.
 */
export async function takeLease(place: LeasePlace, signal: AbortSignal): Promise<KeptLease> {
  const { s3, bucket, key, clock, emit, what } = place;
  const record = newRecord(randomUUID(), place.holder, clock.now());
  const take = async (condition: "absent" | { readonly etag: string }): Promise<KeptLease | undefined> => {
    const trusted = trust(place);
    try {
      const etag = await write(place, key, recordText(record), condition, { attempts, signal });
      if (etag !== undefined) return keepLease(place, record, etag, trusted);
    } catch (error) {
      trusted.cancel();
      throw error;
    }
    trusted.cancel();
    return undefined;
  };
  let seen: string | undefined;
  // Counts the pauses of this process, so that a clock that is set does not matter.
  for (let watchedMs = 0; ;) {
    signal.throwIfAborted();
    const there = await s3.object(bucket, key, signal);
    if (there === undefined) {
      const taken = await take("absent");
      if (taken !== undefined) return taken;
      // Another process was faster: what it wrote is a change.
      seen ??= "absent";
      continue;
    }
    const other = parseRecord(there.text);
    if (seen !== undefined && seen !== there.etag) throw busy(what, other);
    seen = there.etag;
    if (watchedMs >= leaseMs) {
      const taken = await take({ etag: there.etag });
      if (taken === undefined) throw busy(what, parseRecord((await s3.object(bucket, key, signal))?.text ?? ""));
      const text = `Took over the lease of ${what} from ${holderIn(other)}, whose last heartbeat was at ${other.beatAt ?? "an unknown time"}.`;
      emit({ type: "note", level: "warn", text });
      return taken;
    }
    if (watchedMs === 0) {
      const text = `${what} is leased by ${holderIn(other)}; taking it over unless that process shows itself within ${formatDuration(leaseMs)}.`;
      emit({ type: "note", level: "info", text });
    }
    await clock.sleep(lookMs, signal);
    watchedMs += lookMs;
  }
}
