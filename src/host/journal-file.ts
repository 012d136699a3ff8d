import { mkdir, open, readFile, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { AppError } from "../core/error.ts";
import { fileError } from "../core/file-error.ts";
import type { HeldJournal, JournalStore } from "../core/journal.ts";
import { replaceFile } from "../core/replace-file.ts";

/** A killed process stops refreshing its lock, and counts as gone after this time. */
const staleMs = 4_000;

/** Journals in a folder on this machine. */
export function journalFolder(folder: string): JournalStore {
  const pathOf = (name: string): string => join(folder, `${name}.jsonl`);
  return { hold: (name) => holdJournal(pathOf(name)), look: (name) => lookAt(pathOf(name)) };
}

/**
 * A journal on disk, locked by this process until it is released. It has one line per entry, written to disk before
 * `append` returns, and is readable by its owner only. Throws JOURNAL_BUSY while another gennet process writes it, and
 * JOURNAL_UNWRITABLE. `append` throws JOURNAL_LOST if this process did not run for so long (a suspended job, a machine
 * that slept) that another one took the journal over. Of two writers, the one that finds the other's entry stops.
 */
export async function holdJournal(path: string): Promise<HeldJournal> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const lock = await takeLock(path);
    const file = await open(path, "a+", 0o600);
    const headPath = `${path}.head`;
    let { size } = await file.stat();
    const assertHeld = async (): Promise<void> => {
      if ((await file.stat()).size !== size) lock.giveUp();
      lock.lost.throwIfAborted();
    };
    return {
      path,
      lost: lock.lost,
      read: async () => {
        const text = (await file.readFile()).toString("utf8");
        const whole = text.slice(0, text.lastIndexOf("\n") + 1);
        // An incomplete line is left by a crash, before the change of its entry was started.
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
          // A full disk may have accepted a part of the line.
          await file.truncate(size).catch(() => undefined);
          throw unwritable(path, error);
        }
        size += Buffer.byteLength(line) + 1;
      },
      readHead: () => readFile(headPath, "utf8").catch(undefinedWhereMissing),
      writeHead: async (head) => {
        lock.lost.throwIfAborted();
        await replaceFile(headPath, head, 0o600).catch((error: unknown) => {
          throw unwritable(headPath, error);
        });
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

async function lookAt(path: string): ReturnType<JournalStore["look"]> {
  const text = await readFile(path, "utf8").catch(undefinedWhereMissing);
  if (text === undefined) return undefined;
  return {
    path,
    readHead: () => readFile(`${path}.head`, "utf8").catch(undefinedWhereMissing),
    // Read again, because lines may have been appended before the head was read.
    read: async () => wholeLines(await readFile(path, "utf8")),
  };
}

/** An incomplete line is left by a crash, or is being written. */
function wholeLines(text: string): readonly string[] {
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .slice(0, -1);
}

function undefinedWhereMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

/** The suggested command gets the path that was denied, which may be one of the parent folders. */
function unwritable(journal: string, error: unknown): unknown {
  const { path = journal } = error as NodeJS.ErrnoException;
  return fileError("JOURNAL_UNWRITABLE", "written", { path, shownAs: `The journal ${journal}` }, error);
}

interface HeldLock {
  readonly lost: AbortSignal;
  /** If another process holds the lock by now, it must not be released with this one. */
  giveUp(): void;
  release(): Promise<void>;
}

async function takeLock(path: string): Promise<HeldLock> {
  const { lock } = (await import("proper-lockfile")).default;
  const lost = new AbortController();
  const giveUp = (): void => {
    const message = `Another gennet process took over the work on ${basename(path, ".jsonl")}.`;
    lost.abort(new AppError("JOURNAL_LOST", message, { next: ["Wait for it to finish, then run the command again."] }));
  };
  try {
    const release = await lock(path, {
      realpath: false,
      lockfilePath: `${path}.lock`,
      stale: staleMs,
      update: 1_000,
      // Long enough for the lock of a process that was just killed to expire.
      retries: { retries: 20, minTimeout: 250, maxTimeout: 250 },
      onCompromised: giveUp,
    });
    const holder = holderOf(path);
    // For people only: the lock decides.
    await writeFile(holder, `${process.pid}\n`, { mode: 0o600 }).catch(() => undefined);
    return {
      lost: lost.signal,
      giveUp,
      release: async () => {
        if (lost.signal.aborted) return;
        await rm(holder, { force: true }).catch(() => undefined);
        await release().catch(() => undefined);
      },
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
    throw await busy(path);
  }
}

function holderOf(path: string): string {
  return `${path}.holder`;
}

/** Names the process that has the lock, if that is known. */
async function busy(path: string): Promise<AppError> {
  const holder = holderOf(path);
  const pid = (await readFile(holder, "utf8").catch(() => "")).trim();
  const since = await stat(holder).then(
    ({ mtime }) => ` since ${mtime.toISOString()}`,
    () => "",
  );
  const name = pid === "" ? "" : `: process ${pid}${since}`;
  return new AppError("JOURNAL_BUSY", `Another gennet process is working on ${basename(path, ".jsonl")}${name}.`, {
    next: [
      "Wait for it to finish, then run the command again.",
      ...(pid === ""
        ? []
        : [`ps -fp ${pid}  # shows it; the lock of a killed process expires after ${staleMs / 1000}s`]),
    ],
  });
}
