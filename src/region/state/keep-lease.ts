import { setMaxListeners } from "node:events";
import type { Clock } from "../../core/clock.ts";
import { AppError } from "../../core/error.ts";
import type { Lease } from "../../core/journal.ts";
import { type LeaseRecord, lostTo, nextBeat, notRenewed, parseRecord, recordText } from "./lease-record.ts";
import { heartbeatMs, trustMs } from "./lease-terms.ts";
import { type StateBucket, write } from "./state-object.ts";

export interface KeptLease extends Lease {
  /** Throws JOURNAL_LOST unless the lease can still be trusted; makes no call. */
  assertHeld(): void;
  readonly record: LeaseRecord;
  /** Gives the lease up, because the work of another process was found. */
  loseTo(other: Partial<LeaseRecord>): void;
}

/** The time for which a lease is trusted, from the moment that its heartbeat is sent. */
export interface Trust {
  readonly since: number;
  readonly ended: Promise<boolean>;
  cancel(): void;
}

/** Starts to count before the heartbeat is sent: when it arrives is not known. */
export function trust({ clock }: { readonly clock: Clock }): Trust {
  const stop = new AbortController();
  const ended = clock.sleep(trustMs, stop.signal).then(
    () => true,
    () => false,
  );
  return { since: clock.now(), ended, cancel: () => stop.abort() };
}

interface Kept extends StateBucket {
  readonly key: string;
  readonly what: string;
}

const once = 1;

/**
 * Keeps a lease that was just taken: sends heartbeats until it is released, and loses it when the last one that
 * succeeded was too long ago, or when it is another process's.
 */
export function keepLease(place: Kept, taken: LeaseRecord, firstEtag: string, first: Trust): KeptLease {
  const { s3, bucket, key, what, clock } = place;
  const lost = new AbortController();
  const ended = new AbortController();
  // Every request under way listens to it; more than ten at once are no leak.
  setMaxListeners(0, lost.signal);
  let [record, etag, trusted] = [taken, firstEtag, first];
  const end = (): void => {
    ended.abort();
    trusted.cancel();
  };
  const lose = (reason: unknown): void => {
    if (!ended.signal.aborted) lost.abort(reason);
    end();
  };
  const watch = async (until: Trust): Promise<void> => {
    if (await until.ended) lose(notRenewed(what));
  };

  /** Returns whether the heartbeat succeeded. */
  const renew = async (): Promise<boolean> => {
    // Twice: an earlier heartbeat whose answer was lost may have changed the ETag.
    for (const _attempt of ["with the known ETag", "with the ETag that was read"]) {
      record = nextBeat(record, clock.now());
      const condition = { etag };
      const renewed = await write(place, key, recordText(record), condition, { attempts: once, signal: ended.signal });
      if (renewed !== undefined) {
        etag = renewed;
        return true;
      }
      const there = await s3.object(bucket, key, ended.signal);
      // S3 may not find an object for some minutes after versioning was switched on.
      if (there === undefined) return false;
      const other = parseRecord(there.text);
      if (other.id !== record.id) {
        lose(lostTo(what, other));
        return false;
      }
      etag = there.etag;
    }
    return false;
  };

  const keep = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      await clock.sleep(heartbeatMs, ended.signal);
      const next = trust(place);
      try {
        if (await renew()) {
          trusted.cancel();
          trusted = next;
          void watch(next);
          continue;
        }
      } catch (error) {
        // Without an answer, the lease is kept for as long as it is trusted.
        if (!ended.signal.aborted && !(error instanceof AppError)) lose(error);
      }
      next.cancel();
    }
  };
  void watch(first);
  const kept = keep().catch(() => undefined);

  return {
    lost: lost.signal,
    record: taken,
    loseTo: (other) => lose(lostTo(what, other)),
    assertHeld: () => {
      // A process that was suspended finds its timers late.
      if (clock.now() - trusted.since > trustMs) lose(notRenewed(what));
      lost.signal.throwIfAborted();
    },
    release: async () => {
      end();
      await kept;
      await giveBack(place, taken.id);
    },
  };
}

/** Deletes the lease if it is still this process's. What cannot be deleted expires. */
async function giveBack({ s3, bucket, key }: Kept, id: string): Promise<void> {
  // The signal of the run may be aborted already.
  const { signal } = new AbortController();
  try {
    // Twice: a heartbeat that was in flight may have changed the ETag.
    for (const _attempt of ["at first", "after a heartbeat"]) {
      const there = await s3.object(bucket, key, signal);
      if (there === undefined || parseRecord(there.text).id !== id) return;
      if (await s3.deleteObject(bucket, key, there.etag, signal)) return;
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
}
