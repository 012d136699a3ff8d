import { access, constants, open, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Writes a file whole or not at all: a reader sees the old content or the new one, and a full disk leaves the old one.
 * What is no plain file (`/dev/null`, a pipe) is written to and stays what it is. Throws what the file system says.
 */
export async function replaceFile(path: string, content: string, mode?: number): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  if (there !== undefined && !there.isFile() && !there.isDirectory()) return writeFile(path, content);
  const { default: writeFileAtomic } = await import("write-file-atomic");
  await writeFileAtomic(path, content, mode === undefined ? {} : { mode });
}

/** Throws what the file system would say if the file were written now. Changes nothing. */
export async function assertReplaceable(path: string): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  // Opening a folder to write it fails as the write would.
  if (there?.isDirectory() === true) await (await open(path, "r+")).close();
  else if (there === undefined || there.isFile()) await access(dirname(path), constants.W_OK);
}
