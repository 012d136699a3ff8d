import type { RunFolder, RunFolders } from "../../host/run-folders.ts";
import { type StateBucket, write } from "./state-object.ts";

const prefix = "runs/";
const attempts = 5;

/**
 * Folders of runs on this machine whose files are also in a bucket, so that another machine finds them. Files that a step
 * leaves as evidence by itself stay where it ran.
 */
export function bucketRunFolders(local: RunFolders, place: StateBucket, signal: AbortSignal): RunFolders {
  const { s3, bucket } = place;
  const open = (id: string): RunFolder => folderIn(local, id, place, signal);
  return {
    open,
    create: async (id) => {
      await local.create(id);
      return open(id);
    },
    ids: async () => {
      const keys = await s3.keys(bucket, prefix, undefined, signal);
      return [...new Set(keys.map((key) => key.split("/")[1] ?? ""))];
    },
  };
}

function folderIn(local: RunFolders, id: string, place: StateBucket, signal: AbortSignal): RunFolder {
  const { s3, bucket } = place;
  const own = local.open(id);
  const keyOf = (name: string): string => `${prefix}${id}/${name}`;
  return {
    ...own,
    write: async (name, text) => {
      await own.write(name, text);
      // What a killed step wrote is replaced; the lease of the run's journal keeps other processes out.
      const before = await s3.object(bucket, keyOf(name), signal);
      if (before?.text === text) return;
      const condition = before === undefined ? "absent" : { etag: before.etag };
      await write(place, keyOf(name), text, condition, { attempts, signal });
    },
    read: async (name) => (await s3.object(bucket, keyOf(name), signal))?.text,
    files: async () => {
      const keys = await s3.keys(bucket, keyOf(""), undefined, signal);
      return [...new Set([...keys.map((key) => key.slice(keyOf("").length)), ...(await own.files())])].toSorted();
    },
  };
}
