import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Script } from "node:vm";

/** What V8 made of modules that ran before, so that they need not be compiled again. */
export interface CodeCache {
  /** Undefined where there is none. V8 itself rejects what another version of it wrote. */
  read(name: string): Buffer | undefined;
  /** A module that is to be stored. */
  add(name: string, script: Script): void;
  /** Stores what was added, with the functions that ran since. */
  store(): void;
}

/** What is known of a folder in which only its owner may write. */
type OwnFolder = "ours" | "missing" | "unusable";

const unusedMs = 30 * 24 * 3_600_000;

/**
 * A cache in a folder that only this user may write to, as its content is run. Without such a folder nothing is kept, and
 * no error is reported: a start without it only takes longer.
 */
export function codeCache(folder: string | undefined): CodeCache {
  const added = new Map<string, Script>();
  const state = folder === undefined ? "unusable" : stateOf(folder);
  return {
    read: (name) =>
      folder !== undefined && state === "ours" ? attempt(() => readFileSync(join(folder, name))) : undefined,
    add: (name, script) => void added.set(name, script),
    store: () => {
      if (folder === undefined || state === "unusable" || added.size === 0) return;
      attempt(() => {
        if (state === "missing") begin(folder);
        for (const [name, script] of added) write(join(folder, name), script.createCachedData());
      });
    },
  };
}

/** Another process may write the same: a reader sees the one or the other. */
function write(file: string, content: Buffer): void {
  const draft = `${file}.${process.pid}`;
  try {
    writeFileSync(draft, content, { mode: 0o600 });
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Makes the folder, and removes those of builds that have not stored anything for a month. */
function begin(folder: string): void {
  make(folder, 4);
  for (const name of readdirSync(dirname(folder))) {
    const other = join(dirname(folder), name);
    if (Date.now() - statSync(other).mtimeMs > unusedMs) rmSync(other, { recursive: true, force: true });
  }
}

/** At most the last folders of a path: a home that does not exist is not made. */
function make(folder: string, most: number): void {
  if (most === 0 || existsSync(folder)) return;
  make(dirname(folder), most - 1);
  mkdirSync(folder, { mode: 0o700 });
}

function stateOf(folder: string): OwnFolder {
  const found = attempt(() => statSync(folder, { throwIfNoEntry: false }) ?? "missing");
  if (found === "missing") return "missing";
  const isOurs = found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
  return isOurs ? "ours" : "unusable";
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
