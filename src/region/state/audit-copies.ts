import type { Journal } from "../../core/journal.ts";
import { entriesOf } from "../../core/run.ts";
import type { ObjectStore } from "./state-object.ts";

/** An audit bucket, which takes objects and gives none up. */
export interface AuditBucket {
  readonly s3: Pick<ObjectStore, "keys" | "createObject">;
  readonly bucket: string;
}

/**
 * Copies each run of a journal that is over into the audit bucket, unless it is there already: also those that were
 * killed before they were copied.
 */
export async function copyToAudit(
  { s3, bucket }: AuditBucket,
  name: string,
  journal: Pick<Journal, "entries">,
  signal: AbortSignal,
): Promise<void> {
  const prefix = `runs/${name}/`;
  const there = new Set(await s3.keys(bucket, prefix, undefined, signal));
  const runs = [...new Set(journal.entries.map(({ run }) => run))];
  for (const run of runs) {
    const entries = entriesOf(journal, run);
    const isOver = run !== runs.at(-1) || entries.some(({ event }) => event === "end");
    const key = `${prefix}${run}.jsonl`;
    if (!isOver || there.has(key)) continue;
    // The lines as they are in the journal: their hashes can be checked.
    const text = entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
    await s3.createObject(bucket, key, text, "absent", signal);
  }
}
