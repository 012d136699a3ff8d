import { access, constants, open, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Writes a file completely or not at all: readers see the old or the new content, and a full disk leaves the old one. A
 * path that is not a regular file (`/dev/null`, a pipe) is written in place. Throws the file system's error.
 */
export async function replaceFile(path: string, content: string, mode?: number): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  if (there !== undefined && !there.isFile() && !there.isDirectory()) return writeFile(path, content);
  const { default: writeFileAtomic } = await import("write-file-atomic");
  await writeFileAtomic(path, content, mode === undefined ? {} : { mode });
}

/** Throws the error that writing the file now would cause, without changing anything. */
export async function assertReplaceable(path: string): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  // Opening a folder for writing fails with the same error as the write.
  if (there?.isDirectory() === true) await (await open(path, "r+")).close();
  else if (there === undefined || there.isFile()) await access(dirname(path), constants.W_OK);
}
