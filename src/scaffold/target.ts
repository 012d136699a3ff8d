import { constants } from "node:fs";
import { access, lstat, readdir, realpath, stat } from "node:fs/promises";
import { dirname, isAbsolute, relative, resolve } from "node:path";
import { AppError } from "../core/error.ts";
import { shell } from "../core/shell-words.ts";

/**
 * The absolute path of a folder that may be written: inside the current one, absent or empty, in a folder that is
 * there and can be written. Throws SCAFFOLD_TARGET_OUTSIDE, SCAFFOLD_TARGET_EXISTS or SCAFFOLD_TARGET_UNWRITABLE.
 */
export async function checkTarget(cwd: string, folder: string): Promise<string> {
  const target = resolve(cwd, folder);
  if (!isBelow(cwd, target)) throw outside(folder);
  const parent = dirname(target);
  await checkParent(parent, relative(cwd, parent) || ".");
  // A link on the way may lead elsewhere.
  if (parent !== cwd && !isBelow(await realpath(cwd), await realpath(parent))) throw outside(folder);
  const there = await entriesOf(target, folder);
  if (there.length > 0) {
    throw new AppError("SCAFFOLD_TARGET_EXISTS", `The folder ${folder} exists and is not empty.`, {
      next: ["--dir PATH   names another folder", shell`ls -A ${folder}   shows what is in it`],
    });
  }
  return target;
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== "" && way.split("/")[0] !== ".." && !isAbsolute(way);
}

async function checkParent(parent: string, shown: string): Promise<void> {
  try {
    if (!(await stat(parent)).isDirectory()) throw unwritable(`${shown} is not a folder.`, shell`ls -ld ${shown}`);
    await access(parent, constants.W_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw unwritable(`The folder ${shown} does not exist.`, shell`mkdir -p ${shown}`, error);
    throw unwritable(`The folder ${shown} cannot be written.`, shell`ls -ld ${shown}`, error);
  }
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
    next: ["--dir PATH   names another folder"],
  });
}

function outside(folder: string): AppError {
  return new AppError("SCAFFOLD_TARGET_OUTSIDE", `${folder} is not inside the current folder.`, {
    next: ["Change to the folder that shall hold the service, and name one below it with --dir."],
  });
}

function unwritable(message: string, next: string, cause?: unknown): AppError {
  return new AppError("SCAFFOLD_TARGET_UNWRITABLE", message, { next: [next], cause });
}
