import type { Check } from "../../core/check.ts";
import type { MachineContext } from "../doctor-context.ts";

const gib = 2 ** 30;
/** The build temporarily takes 5 GB, of which less than 700 MB stay. */
const neededBytes = 5 * gib;

export const machineDisk: Check<MachineContext> = {
  id: "machine/disk",
  title: "Disk space",
  explain:
    "Compiling the sandbox temporarily takes up to 5 GB in the cache folder, of which less than 700 MB stay. Set XDG_CACHE_HOME to move the folder to another disk.",
  async run({ cacheFolder, freeBytes }) {
    const about = { id: "machine/disk", subject: "disk space, for the sandbox" };
    const bytes = await freeBytes(cacheFolder);
    const summary = `${(bytes / gib).toFixed(1)} GiB free in ${cacheFolder}`;
    if (bytes >= neededBytes) return [{ ...about, severity: "ok", summary, evidence: { freeBytes: bytes } }];
    const fix = "Free some space, or set XDG_CACHE_HOME to a folder on another disk.";
    return [{ ...about, severity: "warn", summary: `${summary}; 5 GiB required`, fix, evidence: { freeBytes: bytes } }];
  },
};
