import { constants } from "node:fs";
import { access, lstat, readdir, realpath, stat } from "node:fs/promises";
import { dirname, isAbsolute, relative, resolve } from "node:path";
import { AppError } from "../core/error.ts";
import { isFreshClone } from "./fresh-clone.ts";
import { shell } from "../core/shell-words.ts";

/**
 * The absolute path of a folder that may be written: the current one or one inside it; absent, empty, or a repository
 * that was just made. Throws SCAFFOLD_TARGET_OUTSIDE, SCAFFOLD_TARGET_EXISTS or SCAFFOLD_TARGET_UNWRITABLE.
 */
export async function checkTarget(cwd: string, folder: string): Promise<string> {
  const target = resolve(cwd, folder);
  if (folder === "" || (target !== cwd && !isBelow(cwd, target))) throw outside(folder);
  const above = await nearestFolder(target === cwd ? cwd : dirname(target), cwd);
  // A link on the way may lead elsewhere.
  if (above !== cwd && !isBelow(await realpath(cwd), await realpath(above))) throw outside(folder);
  const there = await entriesOf(target, folder);
  if (!isFreshClone(there)) {
    throw new AppError("SCAFFOLD_TARGET_EXISTS", `The folder ${folder} exists and is not empty.`, {
      next: ["Pass --dir PATH to use another folder.", shell`ls -A ${folder}  # shows what is in it`],
    });
  }
  return target;
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== "" && way.split("/")[0] !== ".." && !isAbsolute(way);
}

/** The nearest folder at or above a path that is there and can be written; the missing ones are made later. */
async function nearestFolder(path: string, cwd: string): Promise<string> {
  const shown = relative(cwd, path) || ".";
  try {
    if (!(await stat(path)).isDirectory()) throw unwritable(`${shown} is not a folder.`, shell`ls -ld ${shown}`);
    await access(path, constants.W_OK | constants.X_OK);
    return path;
  } catch (error) {
    if (error instanceof AppError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    // A link that leads nowhere is there.
    if (code === "ENOENT" && path !== cwd && !(await isLink(path))) return nearestFolder(dirname(path), cwd);
    if (code === "ENOTDIR") return nearestFolder(dirname(path), cwd);
    throw unwritable(`The folder ${shown} cannot be written.`, shell`ls -ld ${shown}`, error);
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
    // A link counts as something that is there, wherever it leads.
    if ((await lstat(target)).isDirectory()) return await readdir(target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw unwritable(`${shown} cannot be read.`, shell`ls -ld ${shown}`, error);
  }
  throw new AppError("SCAFFOLD_TARGET_EXISTS", `${shown} exists and is not a folder.`, {
    next: ["Pass --dir PATH to use another folder."],
  });
}

function outside(folder: string): AppError {
  return new AppError("SCAFFOLD_TARGET_OUTSIDE", `${folder} is not inside the current folder.`, {
    next: ["Change to the folder that is to hold the service, and name it or one below it with --dir."],
  });
}

function unwritable(message: string, next: string, cause?: unknown): AppError {
  return new AppError("SCAFFOLD_TARGET_UNWRITABLE", message, { next: [next], cause });
}
