import { type KitFile, sha256Of, type WrittenKit } from "../kit/kit-file.ts";
import { binaryLine, type FileChange } from "./compare.ts";
import type { ConflictStage } from "./merge-service.ts";
import { bytesAt } from "./on-disk.ts";
import type { Write } from "./pending-update.ts";

/** What happens to the wheel of the service kit in a revision. */
export interface KitReplacement {
  readonly files: readonly (Write & FileChange)[];
  /** A wheel that both sides changed: the service's version stays. */
  readonly conflicts: ReadonlyMap<string, readonly ConflictStage[]>;
  /** A wheel that the service deleted because it gets the kit from elsewhere. */
  readonly leftDeleted: readonly string[];
  readonly patch: string;
}

const mode = "100644";

/**
 * Replaces the template's wheel with that of the revision; wheels are never merged. A wheel that the service changed or
 * deleted stays that way. This is checked on disk, because Git may only have a pointer to the wheel.
 */
export async function replaceKit(
  folder: string,
  was: KitFile | undefined,
  is: WrittenKit | undefined,
): Promise<KitReplacement> {
  if (was?.path === is?.path && was?.sha256 === is?.sha256) return replacement({});
  const [old, place] = await Promise.all([was, is].map(async (kit) => kit && bytesAt(folder, kit.path)));
  if (is !== undefined && place !== undefined && sha256Of(place) === is.sha256) return removal(was, is, old);
  if (was !== undefined && old === undefined) {
    return replacement({ leftDeleted: is === undefined ? [] : [is.path] });
  }
  if (is === undefined) return removal(was, is, old);
  // The file in its place belongs to the service, or is the template's wheel with changes.
  const isOurs = place !== undefined && !(was?.path === is.path && sha256Of(place) === was.sha256);
  if (isOurs) {
    const theirs: ConflictStage = { mode, stage: 3, content: is.content };
    return replacement({ conflicts: new Map([[is.path, [{ mode, stage: 2, content: place }, theirs]]]) });
  }
  const change = place === undefined ? "added" : "changed";
  const written = { path: is.path, change, mode, content: is.content } as const;
  const gone = removal(was, is, old);
  return replacement({ ...gone, files: [...gone.files, written] });
}

/** Removes the previous wheel if the service did not change it. */
function removal(was: KitFile | undefined, is: KitFile | undefined, old: Uint8Array | undefined): KitReplacement {
  if (was === undefined || old === undefined || was.path === is?.path) return replacement({});
  if (sha256Of(old) !== was.sha256) {
    return replacement({ conflicts: new Map([[was.path, [{ mode, stage: 2, content: old }]]]) });
  }
  return replacement({ files: [{ path: was.path, change: "removed", mode, content: undefined }] });
}

function replacement(found: Partial<KitReplacement>): KitReplacement {
  const { files = [], conflicts = new Map(), leftDeleted = [] } = found;
  return { files, conflicts, leftDeleted, patch: files.map(binaryLine).join("") };
}
