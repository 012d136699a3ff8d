import { dirname, join } from "node:path";
import { isThere } from "./is-there.ts";

/**
 * Looks for one of several relative paths, in `start` and then in its parents. Returns the nearest folder that has one,
 * and which; the first of them if it has several. Undefined if there is no such folder.
 */
export async function nearest<P extends string>(
  start: string,
  paths: readonly P[],
): Promise<{ readonly folder: string; readonly path: P } | undefined> {
  for (let folder = start; ; folder = dirname(folder)) {
    for (const path of paths) if (await isThere(join(folder, path))) return { folder, path };
    if (dirname(folder) === folder) return undefined;
  }
}
