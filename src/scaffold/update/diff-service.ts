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

/** What became of the wheel of the service kit. */
async function kitDrift(folder: string, kit: KitFile | undefined): Promise<readonly FileChange[]> {
  if (kit === undefined) return [];
  const { path, sha256 } = kit;
  const content = await bytesAt(folder, path);
  if (content === undefined) return [{ path, change: "removed" }];
  return sha256Of(content) === sha256 ? [] : [{ path, change: "changed" }];
}

/** Line endings and a byte order mark are no drift. */
function undressed(file: SnapshotFile): SnapshotFile {
  const text = file.mode === "120000" ? undefined : textIn(file.content);
  return text === undefined ? file : { ...file, content: plain(text) };
}
