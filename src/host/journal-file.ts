import { mkdir, open } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { AppError } from "../core/error.ts";
import { fileError } from "../core/file-error.ts";
import type { HeldJournal, JournalStore } from "../core/journal.ts";

/** A holder that was killed stops touching its lock; after this time it counts as gone. */
const staleMs = 4_000;

/** Journals in a folder of this machine. */
export function journalFolder(folder: string): JournalStore {
  return { hold: (name) => holdJournal(join(folder, `${name}.jsonl`)) };
}

/**
 * A journal on disk, for this process alone until it is released: one line for each entry, on disk before `append`
 * returns, readable by its owner only. Throws JOURNAL_BUSY while another gennet writes it, JOURNAL_UNWRITABLE, and
 * from `append` JOURNAL_LOST: this process did not run for so long (a suspended job, a machine that slept) that
 * another one took the journal over. Of two writers the one that finds the other's entry stops.
 */
export async function holdJournal(path: string): Promise<HeldJournal> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const lock = await takeLock(path);
    const file = await open(path, "a+", 0o600);
    let { size } = await file.stat();
    const assertHeld = async (): Promise<void> => {
      if ((await file.stat()).size !== size) lock.giveUp();
      lock.lost.throwIfAborted();
    };
    return {
      lost: lock.lost,
      read: async () => {
        const text = (await file.readFile()).toString("utf8");
        const whole = text.slice(0, text.lastIndexOf("\n") + 1);
        // Half a line is what a crash left of an entry whose change was not begun.
        if (whole.length < text.length) await file.truncate(Buffer.byteLength(whole));
        size = Buffer.byteLength(whole);
        return whole.split("\n").slice(0, -1);
      },
      append: async (line) => {
        await assertHeld();
        try {
          await file.appendFile(`${line}\n`);
          await file.datasync();
        } catch (error) {
          // A disk that is full may have taken half of the line.
          await file.truncate(size).catch(() => undefined);
          throw unwritable(path, error);
        }
        size += Buffer.byteLength(line) + 1;
      },
      release: async () => {
        await file.close();
        await lock.release();
      },
    };
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** The command to look at what is wrong gets the path that was refused: one of the folders above may be it. */
function unwritable(journal: string, error: unknown): unknown {
  const { path = journal } = error as NodeJS.ErrnoException;
  return fileError("JOURNAL_UNWRITABLE", "written", { path, shownAs: `The journal ${journal}` }, error);
}

interface HeldLock {
  readonly lost: AbortSignal;
  /** What another process holds by now is not released with ours. */
  giveUp(): void;
  release(): Promise<void>;
}

async function takeLock(path: string): Promise<HeldLock> {
  const { lock } = (await import("proper-lockfile")).default;
  const lost = new AbortController();
  const giveUp = (): void => {
    const message = `Another gennet took over the work on ${basename(path, ".jsonl")}.`;
    lost.abort(new AppError("JOURNAL_LOST", message, { next: ["Let it finish, then run the command again."] }));
  };
  try {
    const release = await lock(path, {
      realpath: false,
      lockfilePath: `${path}.lock`,
      stale: staleMs,
      update: 1_000,
      // Long enough for the lock of a holder that was killed a moment ago to grow stale.
      retries: { retries: 20, minTimeout: 250, maxTimeout: 250 },
      onCompromised: giveUp,
    });
    return {
      lost: lost.signal,
      giveUp,
      release: async () => {
        if (!lost.signal.aborted) await release().catch(() => undefined);
      },
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
    throw new AppError("JOURNAL_BUSY", `Another gennet is working on ${basename(path, ".jsonl")}.`, {
      next: ["Wait until it is done, then run the command again."],
    });
  }
}
