import { createHash } from "node:crypto";
import { lstat, mkdir, readFile, readlink, rename, rm, rmdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError } from "../../core/error.ts";
import { shell } from "../../core/shell-words.ts";
import type { FileMode, Repository, IndexStage } from "../../git/port.ts";
import { answersFile, type Answers } from "../render.ts";
import { baseFile } from "./base.ts";

/** Where an update is prepared before changing the service. The next update completes one that it finds there. */
export const pendingFolder = ".gennet/update";
export const draftFolder = ".gennet/update.draft";
const planFile = "plan.json";

/** The new content of a file, or none for a removal; in the order of writing. */
export interface Write {
  readonly path: string;
  readonly mode: string;
  readonly content: Uint8Array | undefined;
}

interface PlannedWrite {
  readonly path: string;
  /** The hash of the previous content; null if the file did not exist. */
  readonly before: string | null;
  /** The name of the file with the content, next to the plan; null for a removal. */
  readonly staged: string | null;
  /** Undefined if an older gennet prepared the update. */
  readonly mode?: string;
}

export interface PendingUpdate {
  readonly from: string;
  readonly to: string;
  /** What the service will be rendered from; undefined if an older gennet prepared the update. */
  readonly answers?: Answers;
  readonly writes: readonly PlannedWrite[];
  readonly conflicts: readonly (readonly [string, readonly IndexStage[]])[];
}

/** Prepares an update. Nothing happens until the last rename; from then on, the update will be completed. */
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

/** Returns the prepared update that was not completed, if any. */
export async function pendingUpdate(folder: string): Promise<PendingUpdate | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, pendingFolder, planFile), "utf8")) as PendingUpdate;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Applies a prepared update: removals, files, the index, and finally gennet's own records. Each step can be repeated
 * safely. Throws SCAFFOLD_UPDATE_STUCK before touching a file that has changed in the meantime.
 */
export async function finish(folder: string, shown: string, repository: Repository): Promise<PendingUpdate> {
  const update = await pendingUpdate(folder);
  if (update === undefined) throw new Error(`No update is prepared in ${folder}.`);
  const pending = join(folder, pendingFolder);
  const isRecord = (write: PlannedWrite): boolean => write.path === baseFile || write.path === answersFile;
  const files = update.writes.filter((write) => !isRecord(write));
  for (const write of files) await checkUntouched(folder, shown, write);
  for (const write of files.filter((each) => each.staged === null)) await remove(folder, write.path);
  for (const write of files) {
    await putInPlace(folder, pending, write).catch((error: NodeJS.ErrnoException) => {
      // A folder or file that was created in the meantime.
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
  // If the content is no longer next to the plan, it is already in place.
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
  return new AppError("SCAFFOLD_UPDATE_STUCK", `${shown}/${path} changed during the update.`, {
    next: [
      shell`git diff -- ${`${shown}/${path}`}  # shows the change; save it elsewhere`,
      shell`git restore --staged --worktree ${shown} && rm -r ${`${shown}/${pendingFolder}`}  # discards the whole update`,
    ],
  });
}

async function place(path: string, mode: string, content: Uint8Array): Promise<void> {
  if (mode === "120000") await symlink(Buffer.from(content).toString("utf8"), path);
  else await writeFile(path, content, { mode: mode === "100755" ? 0o755 : 0o644 });
}

/** Removes a file, and the folders that become empty. */
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
