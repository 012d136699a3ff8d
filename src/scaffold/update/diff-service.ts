import type { Git, SnapshotFile } from "../../git/port.ts";
import { type KitFile, sha256Of } from "../kit/kit-file.ts";
import { binaryLine, type FileChange } from "./compare.ts";
import { plain, textIn } from "./file-dress.ts";
import { baseMissing } from "./missing-base.ts";
import { toSnapshot } from "./merge-service.ts";
import { bytesAt, onDisk } from "./on-disk.ts";
import { readBase, readRecord } from "./record.ts";

export interface ServiceDrift {
  readonly service: string;
  readonly template: string;
  readonly version: string;
  /** Returns the template's files that the service changed or removed. Files that the service added do not count. */
  readonly files: readonly FileChange[];
  readonly patch: string;
}

/** Compares the service's files on disk with what the template generated. */
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
    const kit = await kitDrift(folder, base.kit);
    return {
      service: record.answers.name,
      template: record.template,
      version: record.version,
      files: [...changes.map(({ path, change }) => ({ path, change })), ...kit],
      patch: (await scratch.patch("template", "service")) + kit.map(binaryLine).join(""),
    };
  } finally {
    await scratch.dispose();
  }
}

/** Returns how the wheel of the service kit has changed. */
async function kitDrift(folder: string, kit: KitFile | undefined): Promise<readonly FileChange[]> {
  if (kit === undefined) return [];
  const { path, sha256 } = kit;
  const content = await bytesAt(folder, path);
  if (content === undefined) return [{ path, change: "removed" }];
  return sha256Of(content) === sha256 ? [] : [{ path, change: "changed" }];
}

/** Line endings and a byte order mark do not count as drift. */
function undressed(file: SnapshotFile): SnapshotFile {
  const text = file.mode === "120000" ? undefined : textIn(file.content);
  return text === undefined ? file : { ...file, content: plain(text) };
}
