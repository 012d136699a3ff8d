import { mkdir, open } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { AppError } from "../core/error.ts";
import type { JournalLines } from "../core/journal.ts";

/** A holder that was killed stops touching its lock; after this time it counts as gone. */
const staleMs = 4_000;

export interface HeldJournal extends JournalLines {
  release(): Promise<void>;
}

/**
 * A journal on disk, for this process alone until it is released: one line for each entry, on disk before `append`
 * returns, readable by its owner only. Throws JOURNAL_BUSY while another gennet writes it, JOURNAL_UNWRITABLE.
 */
export async function holdJournal(path: string): Promise<HeldJournal> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const release = await lock(path);
    const file = await open(path, "a+", 0o600);
    return {
      read: async () => {
        const text = (await file.readFile()).toString("utf8");
        const whole = text.slice(0, text.lastIndexOf("\n") + 1);
        // Half a line is what a crash left of an entry whose change was not begun.
        if (whole.length < text.length) await file.truncate(Buffer.byteLength(whole));
        return whole.split("\n").slice(0, -1);
      },
      append: async (line) => {
        await file.appendFile(`${line}\n`);
        await file.datasync();
      },
      release: async () => {
        await file.close();
        await release().catch(() => undefined);
      },
    };
  } catch (error) {
    if (error instanceof AppError) throw error;
    const reason = (error as Error).message;
    throw new AppError("JOURNAL_UNWRITABLE", `The journal ${path} cannot be written: ${reason}`, { cause: error });
  }
}

async function lock(path: string): Promise<() => Promise<void>> {
  const { lock: take } = (await import("proper-lockfile")).default;
  try {
    return await take(path, {
      realpath: false,
      lockfilePath: `${path}.lock`,
      stale: staleMs,
      update: 1_000,
      // Long enough for the lock of a holder that was killed a moment ago to grow stale.
      retries: { retries: 20, minTimeout: 250, maxTimeout: 250 },
      // The machine slept, and another gennet took over: what is done next, it sees in the journal.
      onCompromised: () => undefined,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
    throw new AppError("JOURNAL_BUSY", `Another gennet is working on ${basename(path, ".jsonl")}.`, {
      next: ["Wait until it is done, then run the command again."],
    });
  }
}
