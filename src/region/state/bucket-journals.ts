import type { Emit } from "../../core/event.ts";
import type { HeldJournal, JournalLines, JournalStore } from "../../core/journal.ts";
import { journalKeys, lineObject, numbered, readLines, writerIn } from "./journal-objects.ts";
import type { KeptLease } from "./keep-lease.ts";
import { type LeaseHolder, parseRecord, recordText } from "./lease-record.ts";
import { type StateBucket, write } from "./state-object.ts";
import { takeLease } from "./take-lease.ts";

export interface JournalBucket extends StateBucket {
  readonly holder: LeaseHolder;
  /** What its leases are for, in messages: `region eu`. */
  readonly what: string;
  readonly emit: Emit;
}

/** Until the lease is lost: an answer that is missing is the same for a heartbeat. */
const attempts = Number.POSITIVE_INFINITY;

/**
 * Journals in a bucket. Each line is an object that is written only if there is none of its number, so of two writers
 * one always fails; the head is replaced only if it is as it was read. The lease is an object, too.
 */
export function bucketJournals(place: JournalBucket): JournalStore {
  return {
    hold: async (name, signal) => {
      const key = journalKeys(name).lease;
      return heldJournal(place, name, await takeLease({ ...place, key }, signal));
    },
    look: async (name) => lookAt(place, name),
  };
}

function heldJournal(place: JournalBucket, name: string, lease: KeptLease): HeldJournal {
  const { s3, bucket } = place;
  const keys = journalKeys(name);
  const writer = recordText(lease.record);
  const { lost } = lease;
  let count: number | undefined;
  let headEtag: string | undefined;
  const settings = { attempts, signal: lost };

  const read = async (): Promise<readonly string[]> => {
    const { lines, segment } = await readLines(s3, bucket, keys, lost);
    // Another holder may have written the same segment.
    if (segment !== undefined) await write(place, segment.key, segment.text, "absent", settings);
    count = lines.length;
    return lines;
  };
  const readHead = async (): Promise<string | undefined> => {
    const head = await s3.object(bucket, keys.head, lost);
    headEtag = head?.etag;
    return head?.text;
  };
  /** Another holder wrote what made a condition fail. */
  const giveUp = async (key: string): Promise<never> => {
    const there = await s3.object(bucket, key, lost);
    lease.loseTo(parseRecord(writerIn(there?.text ?? "")));
    throw lost.reason;
  };
  return {
    lost,
    read,
    readHead,
    append: async (line) => {
      lease.assertHeld();
      const number = (count ?? (await read()).length) + 1;
      const key = numbered(keys.lines, number);
      const written = await write(place, key, lineObject(line, writer), "absent", settings);
      if (written === undefined) await giveUp(key);
      count = number;
    },
    writeHead: async (head) => {
      lease.assertHeld();
      const condition = headEtag === undefined ? "absent" : { etag: headEtag };
      const written = await write(place, keys.head, head, condition, settings);
      if (written === undefined) await giveUp(keys.lease);
      headEtag = written;
    },
    release: lease.release,
  };
}

async function lookAt({ s3, bucket }: StateBucket, name: string): ReturnType<JournalStore["look"]> {
  const keys = journalKeys(name);
  const { signal } = new AbortController();
  const read: JournalLines["read"] = async () => (await readLines(s3, bucket, keys, signal)).lines;
  if ((await read()).length === 0) return undefined;
  return { read, readHead: async () => (await s3.object(bucket, keys.head, signal))?.text };
}
