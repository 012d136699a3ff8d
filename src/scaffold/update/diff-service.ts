import { lstat, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import type { Git, SnapshotFile } from "../../git/port.ts";
import type { FileChange } from "./compare.ts";
import { plain, textIn } from "./file-dress.ts";
import { baseMissing } from "./missing-base.ts";
import { toSnapshot } from "./merge-service.ts";
import { readBase, readRecord } from "./record.ts";

export interface ServiceDrift {
  readonly service: string;
  readonly template: string;
  readonly version: string;
  /** What of the template's files was changed or removed; what the service added is its own. */
  readonly files: readonly FileChange[];
  readonly patch: string;
}

/** What the service's files on the disk have become since the template gave them. */
export async function diffService(folder: string, shown: string, git: Git): Promise<ServiceDrift> {
  const record = await readRecord(folder, shown);
  const base = await readBase(folder, shown);
  if (base === undefined) throw baseMissing(shown, record);
  const files = base.files.filter((file) => file.once !== true);
  const now = await Promise.all(files.map((file) => onDisk(folder, file.path)));
  const scratch = await git.scratch();
  try {
    await scratch.record([
      { name: "template", files: files.map(toSnapshot) },
      { name: "service", files: now.flatMap((file) => (file === undefined ? [] : [undressed(file)])) },
    ]);
    const changes = await scratch.changes("template", "service");
    return {
      service: record.answers.name,
      template: record.template,
      version: record.version,
      files: changes.map(({ path, change }) => ({ path, change })),
      patch: await scratch.patch("template", "service"),
    };
  } finally {
    await scratch.dispose();
  }
}

/** Line endings and a byte order mark are no drift. */
function undressed(file: SnapshotFile): SnapshotFile {
  const text = file.mode === "120000" ? undefined : textIn(file.content);
  return text === undefined ? file : { ...file, content: plain(text) };
}

/** A file as it is on the disk; undefined where there is none. */
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
