import { constants } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { isThere } from "../core/is-there.ts";

/** A program that builds kustomizations, and the arguments before the folder. */
export interface Program {
  readonly path: string;
  readonly words: readonly string[];
}

/** Finds `kustomize`, otherwise `kubectl`, in the folders of PATH; otherwise uses `own`. */
export async function findProgram(
  env: Readonly<Record<string, string | undefined>>,
  own: () => Promise<string | undefined>,
): Promise<Program | undefined> {
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  for (const [name, ...words] of [
    ["kustomize", "build"],
    ["kubectl", "kustomize"],
  ] as const) {
    for (const folder of folders) {
      const path = join(folder, name);
      if (await isThere(path, constants.X_OK)) return { path, words };
    }
  }
  const path = await own();
  return path === undefined ? undefined : { path, words: ["build"] };
}
