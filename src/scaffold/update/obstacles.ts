import { lstat, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError } from "../../core/error.ts";
import { shell } from "../../core/shell-words.ts";
import type { Write } from "./pending-update.ts";

/**
 * Throws SCAFFOLD_PATH_BLOCKED if a folder has the path of a file in the update, or a file or link has the path of one
 * of its parent folders. Git handles committed files, so the obstacle must be ignored by Git.
 */
export async function checkPlaces(folder: string, shown: string, writes: readonly Write[]): Promise<void> {
  const removed = new Set(writes.filter(({ content }) => content === undefined).map(({ path }) => path));
  for (const { path, content } of writes) {
    if (content === undefined) continue;
    const obstacle = (await onTheWay(folder, path, removed)) ?? (await inPlace(folder, path, removed));
    if (obstacle !== undefined) throw blocked(shown, path, obstacle);
  }
}

/** Returns a file or link that has the path of a parent folder. */
async function onTheWay(folder: string, path: string, removed: ReadonlySet<string>): Promise<string | undefined> {
  for (let at = dirname(path); at !== "."; at = dirname(at)) {
    const found = await lstat(join(folder, at)).catch(() => undefined);
    if (found !== undefined && !found.isDirectory() && !removed.has(at)) return at;
  }
  return undefined;
}

/** Returns what remains in a folder that has the path of the file. */
async function inPlace(folder: string, path: string, removed: ReadonlySet<string>): Promise<string | undefined> {
  const found = await lstat(join(folder, path)).catch(() => undefined);
  if (found?.isDirectory() !== true) return undefined;
  const entries = await readdir(join(folder, path), { recursive: true });
  const below = entries.map((entry) => `${path}/${entry}`);
  const goes = (entry: string): boolean =>
    removed.has(entry) || [...removed].some((each) => each.startsWith(`${entry}/`));
  return below.length === 0 ? path : below.find((entry) => !goes(entry));
}

function blocked(shown: string, path: string, obstacle: string): AppError {
  const [place, there] = [`${shown}/${path}`, `${shown}/${obstacle}`];
  return new AppError("SCAFFOLD_PATH_BLOCKED", `The template has a file ${place}, but ${there} already exists.`, {
    next: [
      shell`mv ${there} ${`${there}.mine`}  # moves it aside; then run the same command again`,
      shell`ls -ld ${there}`,
    ],
  });
}
