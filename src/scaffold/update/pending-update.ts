import { createHash } from "node:crypto";
import { lstat, mkdir, readFile, readlink, rename, rm, rmdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError } from "../../core/error.ts";
import { shell } from "../../core/shell-words.ts";
import type { FileMode, Repository, IndexStage } from "../../git/port.ts";
import { answersFile, type Answers } from "../render.ts";
import { baseFile } from "./base.ts";

/** Where an update is laid out before anything of the service is touched; the next update that finds it there finishes it. */
export const pendingFolder = ".gennet/update";
export const draftFolder = ".gennet/update.draft";
const planFile = "plan.json";

/** A file's new content, or none; in the order in which they are put into place. */
export interface Write {
  readonly path: string;
  readonly mode: string;
  readonly content: Uint8Array | undefined;
}

interface PlannedWrite {
  readonly path: string;
  /** The hash of what was there before; null where there is nothing. */
  readonly before: string | null;
  /** The name of the content's file beside the plan; null for a file that goes. */
  readonly staged: string | null;
  /** Absent where an older gennet laid it out. */
  readonly mode?: string;
}

export interface PendingUpdate {
  readonly from: string;
  readonly to: string;
  /** What the service is rendered from afterwards; absent where an older gennet laid it out. */
  readonly answers?: Answers;
  readonly writes: readonly PlannedWrite[];
  readonly conflicts: readonly (readonly [string, readonly IndexStage[]])[];
}

/** Lays an update out. Until the last rename nothing has happened; from then on it will be finished. */
export async function layOut(
  folder: string,
  update: Required<Pick<PendingUpdate, "from" | "to" | "answers">> & {
    readonly conflicts: ReadonlyMap<string, readonly IndexStage[]>;
  },
  writes: readonly Write[],
  signal: AbortSignal,
): Promise<void> {
  const draft = join(folder, draftFolder);
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft);
  try {
    const planned: PlannedWrite[] = [];
    for (const [at, { path, mode, content }] of writes.entries()) {
      signal.throwIfAborted();
      const staged = content === undefined ? null : String(at);
      if (content !== undefined) await place(join(draft, String(at)), mode, content);
      planned.push({ path, before: await hashOf(join(folder, path)), staged, mode });
    }
    const plan: PendingUpdate = { ...update, writes: planned, conflicts: [...update.conflicts] };
    await writeFile(join(draft, planFile), JSON.stringify(plan));
    signal.throwIfAborted();
    await rename(draft, join(folder, pendingFolder));
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** The update that was laid out and not finished. */
export async function pendingUpdate(folder: string): Promise<PendingUpdate | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, pendingFolder, planFile), "utf8")) as PendingUpdate;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Puts what was laid out into place: removals, files, the index, and last gennet's own records. Every step may be
 * done twice. Throws SCAFFOLD_UPDATE_STUCK where a file was changed meanwhile, before it touches that file.
 */
export async function finish(folder: string, shown: string, repository: Repository): Promise<PendingUpdate> {
  const update = await pendingUpdate(folder);
  if (update === undefined) throw new Error(`No update is laid out in ${folder}.`);
  const pending = join(folder, pendingFolder);
  const isRecord = (write: PlannedWrite): boolean => write.path === baseFile || write.path === answersFile;
  const files = update.writes.filter((write) => !isRecord(write));
  for (const write of files) await checkUntouched(folder, shown, write);
  for (const write of files.filter((each) => each.staged === null)) await remove(folder, write.path);
  for (const write of files) {
    await putInPlace(folder, pending, write).catch((error: NodeJS.ErrnoException) => {
      // A folder or file that came there meanwhile.
      if (!["EISDIR", "ENOTDIR", "EEXIST", "ENOTEMPTY"].includes(error.code ?? "")) throw error;
      throw stuck(shown, write.path);
    });
  }
  const conflicts = new Map(update.conflicts);
  await repository.stage(conflicts);
  await repository.setModes(modesOf(files.filter(({ path }) => !conflicts.has(path))));
  for (const write of update.writes.filter(isRecord)) await putInPlace(folder, pending, write);
  await rm(join(folder, draftFolder), { recursive: true, force: true });
  await rename(pending, join(folder, draftFolder));
  await rm(join(folder, draftFolder), { recursive: true, force: true });
  return update;
}

function modesOf(files: readonly PlannedWrite[]): ReadonlyMap<string, FileMode> {
  return new Map(
    files.flatMap(({ path, staged, mode }) =>
      staged !== null && (mode === "100644" || mode === "100755") ? [[path, mode] as const] : [],
    ),
  );
}

async function putInPlace(folder: string, pending: string, { path, staged }: PlannedWrite): Promise<void> {
  // What is not beside the plan any more is in its place already.
  if (staged === null || !(await exists(join(pending, staged)))) return;
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await rename(join(pending, staged), join(folder, path));
}

async function checkUntouched(folder: string, shown: string, write: PlannedWrite): Promise<void> {
  const done = write.staged !== null && !(await exists(join(folder, pendingFolder, write.staged)));
  const now = done ? write.before : await hashOf(join(folder, write.path));
  if (now === write.before || (write.staged === null && now === null)) return;
  throw stuck(shown, write.path);
}

function stuck(shown: string, path: string): AppError {
  return new AppError("SCAFFOLD_UPDATE_STUCK", `${shown}/${path} was changed while it was being updated.`, {
    next: [
      shell`git diff -- ${`${shown}/${path}`}  # shows what is there now; keep your change elsewhere`,
      shell`git restore --staged --worktree ${shown} && rm -r ${`${shown}/${pendingFolder}`}  # gives up the whole update`,
    ],
  });
}

async function place(path: string, mode: string, content: Uint8Array): Promise<void> {
  if (mode === "120000") await symlink(Buffer.from(content).toString("utf8"), path);
  else await writeFile(path, content, { mode: mode === "100755" ? 0o755 : 0o644 });
}

/** Removes a file, and the folders that are empty without it. */
async function remove(folder: string, path: string): Promise<void> {
  await rm(join(folder, path), { force: true });
  for (let at = dirname(path); at !== "."; at = dirname(at)) {
    const left = await rmdir(join(folder, at)).then(
      () => false,
      () => true,
    );
    if (left) return;
  }
}

async function hashOf(path: string): Promise<string | null> {
  try {
    const link = (await lstat(path)).isSymbolicLink();
    return createHash("sha256")
      .update(link ? await readlink(path) : await readFile(path))
      .digest("hex");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR") return null;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
