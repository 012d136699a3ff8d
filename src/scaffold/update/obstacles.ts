import { lstat, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError } from "../../core/error.ts";
import { shell } from "../../core/shell-words.ts";
import type { Write } from "./pending-update.ts";

/**
 * Throws SCAFFOLD_PATH_BLOCKED where a file of an update has no place: a folder is there, or a file or link where one
 * of its folders would be. Git takes care of what is committed, so this is something that it ignores.
 */
export async function checkPlaces(folder: string, shown: string, writes: readonly Write[]): Promise<void> {
  const removed = new Set(writes.filter(({ content }) => content === undefined).map(({ path }) => path));
  for (const { path, content } of writes) {
    if (content === undefined) continue;
    const obstacle = (await onTheWay(folder, path, removed)) ?? (await inPlace(folder, path, removed));
    if (obstacle !== undefined) throw blocked(shown, path, obstacle);
  }
}

/** A file or link where a folder of the path would be. */
async function onTheWay(folder: string, path: string, removed: ReadonlySet<string>): Promise<string | undefined> {
  for (let at = dirname(path); at !== "."; at = dirname(at)) {
    const found = await lstat(join(folder, at)).catch(() => undefined);
    if (found !== undefined && !found.isDirectory() && !removed.has(at)) return at;
  }
  return undefined;
}

/** What stays in a folder that is where the file would be. */
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
  return new AppError("SCAFFOLD_PATH_BLOCKED", `The template has a file ${place}, and ${there} is in its way.`, {
    next: [
      shell`mv ${there} ${`${there}.mine`}  # moves it aside; then run the same command again`,
      shell`ls -ld ${there}`,
    ],
  });
}
