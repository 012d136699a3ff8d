import { createHash } from "node:crypto";
import { anySignal } from "./any-signal.ts";
import type { Clock } from "./clock.ts";
import { AppError } from "./error.ts";
import { shell } from "./shell-words.ts";

export type Fact = string | number | boolean | null | readonly string[];
/** Names, versions, counts. A secret's value has its own type and does not fit in. */
export type Facts = Readonly<Record<string, Fact>>;

/**
 * - `begin`: a run begins; its facts are what it must still know after a kill.
 * - `stage`: a stage is entered, forwards or while rolling back.
 * - `change`: the next call changes the world. Written before it, so that a kill cannot hide it.
 * - `note`: what was seen and cannot be seen again later.
 * - `done`: a stage was proven.
 * - `failed`: a step failed, and the run stops there; it can be resumed. `skipped`: a step did not have to run.
 * - `turn`: from here on the run goes back; `what` says why.
 * - `undone`: a stage was rolled back. `stuck`: it could not be; the run can be resumed.
 * - `end`: the run is over; `what` says how: done, undone, or accepted as it was.
 */
export type JournalEvent =
  | "begin"
  | "stage"
  | "change"
  | "note"
  | "done"
  | "failed"
  | "skipped"
  | "turn"
  | "undone"
  | "stuck"
  | "end";

export interface JournalNote {
  readonly run: string;
  readonly event: JournalEvent;
  readonly stage?: string;
  readonly what?: string;
  readonly facts?: Facts;
}

export interface JournalEntry extends JournalNote {
  /** From 1, without gaps. */
  readonly seq: number;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** SHA-256 of the line before, hex; empty in the first. */
  readonly prev: string;
}

/** The lines of a journal, wherever they are kept. */
export interface JournalLines {
  read(): Promise<readonly string[]>;
  /** Returns once the line is safe from a crash of the machine. */
  append(line: string): Promise<void>;
  /** The file, for messages; undefined where there is none. */
  readonly path?: string;
  /** Returns what `writeHead` wrote last, or undefined if it never did. */
  readHead(): Promise<string | undefined>;
  /** Replaces the head, which is kept apart from the lines: a journal that was cut does not match it. */
  writeHead(head: string): Promise<void>;
}

/** The length of a journal, and the SHA-256 of its last line in hex. */
export interface JournalHead {
  readonly length: number;
  readonly hash: string;
}

/** Evidence of what was done, not truth about the world: what is true is what `verify` reads. */
export interface Journal {
  readonly entries: readonly JournalEntry[];
  readonly head: JournalHead;
  write(note: JournalNote): Promise<void>;
}

/**
 * Opens a journal. Throws JOURNAL_BROKEN if a line was changed, removed, inserted or cut off at the end. `name` is for
 * messages.
 */
export async function openJournal(lines: JournalLines, name: string, clock: Clock): Promise<Journal> {
  const read = await verified(lines, name);
  const { entries, headLength: length } = read;
  let prev = read.hash;
  // A crash between a line and its head leaves one line more than the head has.
  if (entries.length > length + 1) throw broken(name, length + 2, lines.path);
  let headLength = length;
  const writeHead = async (): Promise<void> => {
    await lines.writeHead(JSON.stringify({ length: entries.length, hash: prev } satisfies JournalHead));
    headLength = entries.length;
  };
  const append = async (note: JournalNote): Promise<void> => {
    // The line of a crash, or of a full disk: the head is never more than one line behind.
    if (headLength < entries.length) await writeHead();
    const entry = { seq: entries.length + 1, at: new Date(clock.now()).toISOString(), ...note, prev };
    const line = JSON.stringify(entry);
    await lines.append(line);
    entries.push(entry);
    prev = hash(line);
    await writeHead();
  };
  // Each line carries the hash of the one before, so they are written one after the other.
  let last: Promise<void> = Promise.resolve();
  return {
    entries,
    get head() {
      return { length: entries.length, hash: prev };
    },
    write: (note) => {
      const written = last.then(() => append(note));
      last = written.catch(() => undefined);
      return written;
    },
  };
}

function parse(line: string): JournalEntry | undefined {
  try {
    return JSON.parse(line) as JournalEntry;
  } catch {
    return undefined;
  }
}

/** What a journal held when it was read, for people: another process may be writing it meanwhile. */
export async function readJournal(
  lines: Pick<JournalLines, "read" | "readHead" | "path">,
  name: string,
): Promise<Pick<Journal, "entries" | "head">> {
  const { entries, hash: last } = await verified(lines, name);
  return { entries, head: { length: entries.length, hash: last } };
}

/** Reads the head first: lines that are appended meanwhile come after it. */
async function verified(
  lines: Pick<JournalLines, "read" | "readHead" | "path">,
  name: string,
): Promise<{ entries: JournalEntry[]; hash: string; headLength: number }> {
  const head = parseHead(await lines.readHead(), name, lines.path);
  const entries: JournalEntry[] = [];
  let prev = "";
  for (const line of await lines.read()) {
    const entry = parse(line);
    if (entry === undefined || entry.prev !== prev || entry.seq !== entries.length + 1) {
      throw broken(name, entries.length + 1, lines.path);
    }
    entries.push(entry);
    prev = hash(line);
    if (entries.length === head?.length && prev !== head.hash) throw broken(name, entries.length, lines.path);
  }
  const headLength = head?.length ?? 0;
  if (entries.length < headLength) throw broken(name, entries.length + 1, lines.path);
  return { entries, hash: prev, headLength };
}

function parseHead(text: string | undefined, name: string, path?: string): JournalHead | undefined {
  if (text === undefined) return undefined;
  try {
    const { length, hash: last } = JSON.parse(text) as JournalHead;
    if (Number.isInteger(length) && typeof last === "string") return { length, hash: last };
  } catch {
    // Reported below, like a head with other content.
  }
  throw broken(`${name}.head`, 1, path);
}

function hash(line: string): string {
  return createHash("sha256").update(line, "utf8").digest("hex");
}

function broken(name: string, line: number, path: string | undefined): AppError {
  const aside = path === undefined ? [] : [path, `${path}.head`].map((file) => shell`mv ${file} ${`${file}.broken`}`);
  return new AppError("JOURNAL_BROKEN", `The journal ${name} failed its integrity check at line ${line}.`, {
    next: [...aside, "Then look at what is there now, and start over."],
  });
}

/** The right to change something, which one process has at a time. */
export interface Lease {
  /** Aborts with JOURNAL_LOST when another process has taken the lease over, or may have. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/** A journal with its lease: no other process has it. */
export interface HeldJournal extends JournalLines, Lease {}

/** Where journals are kept. */
export interface JournalStore {
  /**
   * Takes the lease of a journal; `name` is a relative path. The signal ends the wait for a lease that a killed process
   * may have left, not the lease. Throws JOURNAL_BUSY, JOURNAL_UNWRITABLE.
   */
  hold(name: string, signal: AbortSignal): Promise<HeldJournal>;
  /** Reads a journal without its lease. Returns undefined if there is none. */
  look(name: string): Promise<Pick<JournalLines, "read" | "readHead" | "path"> | undefined>;
}

/** Does `work` with a journal that no other process has meanwhile. Its signal also ends the work when the lease is lost. */
export async function withJournal<T>(
  store: JournalStore,
  name: string,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  work: (journal: Journal, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const held = await store.hold(name, signal);
  try {
    return await work(await openJournal(held, name, clock), anySignal(signal, held.lost));
  } finally {
    await held.release();
  }
}
