import { constants } from "node:fs";
import { access, lstat, readdir, realpath, stat } from "node:fs/promises";
import { dirname, isAbsolute, relative, resolve } from "node:path";
import { AppError } from "../core/error.ts";
import { isFreshClone } from "./fresh-clone.ts";
import { shell } from "../core/shell-words.ts";

/**
 * Returns the absolute path of a folder that may be written: the current one or one inside it, which does not exist, is
 * empty, or is a new repository. Throws SCAFFOLD_TARGET_OUTSIDE, SCAFFOLD_TARGET_EXISTS or SCAFFOLD_TARGET_UNWRITABLE.
 */
export async function checkTarget(cwd: string, folder: string): Promise<string> {
  const target = resolve(cwd, folder);
  if (folder === "" || (target !== cwd && !isBelow(cwd, target))) throw outside(folder);
  const above = await nearestFolder(target === cwd ? cwd : dirname(target), cwd);
  // A link in the path may lead outside.
  if (above !== cwd && !isBelow(await realpath(cwd), await realpath(above))) throw outside(folder);
  const there = await entriesOf(target, folder);
  if (!isFreshClone(there)) {
    throw new AppError("SCAFFOLD_TARGET_EXISTS", `The folder ${folder} exists and is not empty.`, {
      next: ["Pass --dir PATH to use another folder.", shell`ls -A ${folder}  # lists its contents`],
    });
  }
  return target;
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== "" && way.split("/")[0] !== ".." && !isAbsolute(way);
}

/** Returns the nearest existing folder at or above a path, if it is writable. The missing folders are created later. */
async function nearestFolder(path: string, cwd: string): Promise<string> {
  const shown = relative(cwd, path) || ".";
  try {
    if (!(await stat(path)).isDirectory()) throw unwritable(`${shown} is not a folder.`, shell`ls -ld ${shown}`);
    await access(path, constants.W_OK | constants.X_OK);
    return path;
  } catch (error) {
    if (error instanceof AppError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    // A link to a missing target exists.
    if (code === "ENOENT" && path !== cwd && !(await isLink(path))) return nearestFolder(dirname(path), cwd);
    if (code === "ENOTDIR") return nearestFolder(dirname(path), cwd);
    throw unwritable(`Permission denied: cannot write to the folder ${shown}.`, shell`ls -ld ${shown}`, error);
  }
}

function isLink(path: string): Promise<boolean> {
  return lstat(path).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
}

async function entriesOf(target: string, shown: string): Promise<readonly string[]> {
  try {
    // A link counts as existing, even if its target is missing.
    if ((await lstat(target)).isDirectory()) return await readdir(target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw unwritable(`Cannot read ${shown}.`, shell`ls -ld ${shown}`, error);
  }
  throw new AppError("SCAFFOLD_TARGET_EXISTS", `${shown} exists and is not a folder.`, {
    next: ["Pass --dir PATH to use another folder."],
  });
}

function outside(folder: string): AppError {
  return new AppError("SCAFFOLD_TARGET_OUTSIDE", `${folder} is not inside the current folder.`, {
    next: ["Change to the folder that should contain the service, then pass it or one of its subfolders with --dir."],
  });
}

function unwritable(message: string, next: string, cause?: unknown): AppError {
  return new AppError("SCAFFOLD_TARGET_UNWRITABLE", message, { next: [next], cause });
}
