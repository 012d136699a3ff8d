import { lstat, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import type { SnapshotFile } from "../../git/port.ts";

/** Returns a file on disk, or undefined if it does not exist. */
export async function onDisk(folder: string, path: string): Promise<SnapshotFile | undefined> {
  const full = join(folder, path);
  try {
    const stat = await lstat(full);
    if (stat.isSymbolicLink()) return { path, mode: "120000", content: await readlink(full) };
    if (!stat.isFile()) return undefined;
    return { path, mode: (stat.mode & 0o100) === 0 ? "100644" : "100755", content: await readFile(full) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

/** Returns the bytes of a file on disk, or undefined if it does not exist. */
export async function bytesAt(folder: string, path: string): Promise<Uint8Array | undefined> {
  const found = await onDisk(folder, path);
  return found === undefined ? undefined : Buffer.from(found.content);
}
