import { lstat, readFile } from "node:fs/promises";

const largest = 1 << 20;

/**
 * Returns a file's text, or why it was not read; undefined if it does not exist. Only reads regular files up to 1 MiB.
 */
export async function readSmallFile(
  path: string,
): Promise<{ readonly text: string } | { readonly problem: string } | undefined> {
  try {
    const found = await lstat(path);
    if (found.isSymbolicLink()) return { problem: "is a link, which is not followed" };
    if (found.isDirectory()) return { problem: "is a folder, not a file" };
    if (!found.isFile()) return { problem: "is not a regular file" };
    if (found.size > largest) return { problem: `is larger than ${largest / 1024} KiB, and was not read` };
    return { text: await readFile(path, "utf8") };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return code === "ENOENT" || code === "ENOTDIR" ? undefined : { problem: `cannot be read: ${code}` };
  }
}
