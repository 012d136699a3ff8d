import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Script } from "node:vm";

/** V8's compiled code of modules that ran before, to avoid compiling them again. */
export interface CodeCache {
  /** Undefined if there is none. V8 itself rejects code from other versions. */
  read(name: string): Buffer | undefined;
  /** A module to store. */
  add(name: string, script: Script): void;
  /** Stores the added modules, including functions that have run since. */
  store(): void;
}

/** What is known about a folder that only its owner can write to. */
type OwnFolder = "ours" | "missing" | "unusable";

const unusedMs = 30 * 24 * 3_600_000;

/**
 * A cache in a folder that only this user can write to, because its contents are executed. Without such a folder,
 * nothing is stored and no error is reported: it only makes the start slower.
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

/** If another process writes the same file, readers see one version or the other. */
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

/** Creates the folder, and removes those of builds that have not stored anything for a month. */
function begin(folder: string): void {
  make(folder, 4);
  for (const name of readdirSync(dirname(folder))) {
    const other = join(dirname(folder), name);
    if (Date.now() - statSync(other).mtimeMs > unusedMs) rmSync(other, { recursive: true, force: true });
  }
}

/** Limited to the last parts of a path, so that a missing home folder is not created. */
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
