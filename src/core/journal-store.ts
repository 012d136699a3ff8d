import type { Clock } from "./clock.ts";
import { type Journal, type JournalLines, openJournal } from "./journal.ts";

/** A journal with its lease: no other process has it. */
export interface HeldJournal extends JournalLines {
  /** Aborts with JOURNAL_LOST when another process has taken the lease over. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/** Where journals are kept. */
export interface JournalStore {
  /** Takes the lease of a journal; `name` is a relative path. Throws JOURNAL_BUSY, JOURNAL_UNWRITABLE. */
  hold(name: string): Promise<HeldJournal>;
}

/** Does `work` with a journal that no other process has meanwhile. Its signal also ends the work when the lease is lost. */
export async function withJournal<T>(
  store: JournalStore,
  name: string,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  work: (journal: Journal, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const held = await store.hold(name);
  try {
    return await work(await openJournal(held, name, clock), AbortSignal.any([signal, held.lost]));
  } finally {
    await held.release();
  }
}
