import { rename } from "node:fs/promises";
import { join } from "node:path";
import type { NewFile } from "./render.ts";

/** Files that a Git host or a user adds to a new repository. gennet keeps all of them. */
const ofForge =
  /^(\.git|\.gitignore|\.gitattributes|README(\.md|\.rst|\.txt)?|(LICEN[CS]E|COPYING|NOTICE)([.-][\w.-]+)?)$/;

/** Returns whether a folder, given the names of its entries, is a new repository. */
export function isFreshClone(names: readonly string[]): boolean {
  return names.every((name) => ofForge.test(name));
}

/**
 * Combines a template file with the repository's own file of that name: appends ignored paths, and puts an existing
 * README below the template's. Returns undefined if they cannot be combined.
 */
export function withExisting(file: NewFile, existing: string): NewFile | undefined {
  if (typeof file.content !== "string") return undefined;
  const theirs = existing.trimEnd();
  if (file.path === "README.md")
    return { ...file, content: theirs === "" ? file.content : `${file.content}\n${theirs}\n` };
  if (file.path !== ".gitignore") return undefined;
  const known = new Set(theirs.split(/\r?\n/));
  const missing = file.content.split("\n").filter((line) => line !== "" && !known.has(line));
  return { ...file, content: [...(theirs === "" ? [] : [theirs]), ...missing, ""].join("\n") };
}

/**
 * Moves entries from one folder into another, and keeps the files they replace in `aside`. Moves either all of them or
 * none.
 */
export async function moveInto(
  names: readonly string[],
  folders: { readonly from: string; readonly to: string; readonly aside: string },
  replaced: ReadonlySet<string>,
): Promise<void> {
  const { from, to, aside } = folders;
  const undo: (() => Promise<void>)[] = [];
  const move = async (source: string, target: string): Promise<void> => {
    await rename(source, target);
    undo.unshift(() => rename(target, source));
  };
  try {
    for (const name of names) {
      if (replaced.has(name)) await move(join(to, name), join(aside, name));
      await move(join(from, name), join(to, name));
    }
  } catch (error) {
    for (const back of undo) await back();
    throw error;
  }
}
