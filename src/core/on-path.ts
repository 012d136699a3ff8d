import { constants } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { isThere } from "./is-there.ts";

/** Returns the path of a program in the folders of PATH, or undefined. Relative folders are ignored. */
export async function onPath(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  for (const folder of folders) {
    const path = join(folder, name);
    if (await isThere(path, constants.X_OK)) return path;
  }
  return undefined;
}
