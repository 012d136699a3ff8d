import { chmod, mkdir, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Image } from "./image.ts";
import type { ShimContainer } from "./shim.ts";

type Mounts = ShimContainer["mounts"];

/** Returns the mounts of an image's files and folders; `base` is the folder of the container's run. */
export async function mountsOfImage(
  { files = {}, folders = [] }: Image,
  base: string,
  readOnlyRoot: boolean,
): Promise<Mounts> {
  const made = folders.map((target, at) => ({
    source: join(base, "folders", String(at)),
    target,
    readOnly: readOnlyRoot,
  }));
  for (const { source } of made) {
    await mkdir(source, { recursive: true });
    await chmod(source, 0o777);
  }
  return [...made, ...Object.entries(files).map(([target, source]) => ({ source, target, readOnly: true }))];
}

/**
 * Returns the mounts, and after them those of folders that containers of the image see at the same path: what is
 * shared, and the image's folder where a volume on a parent (an emptyDir on /tmp) would hide it.
 */
export function withSharedFolders({ folder, shares = [] }: Image, mounts: Mounts): Mounts {
  const hidden = mounts.some(({ target }) => folder.startsWith(`${target.replace(/\/$/, "")}/`));
  const shared = [...shares, ...(hidden ? [folder] : [])];
  return [...mounts, ...shared.map((path) => ({ source: path, target: path, readOnly: true }))];
}

/** Paths that may be links to another place, such as a virtual environment's Python, or the programs of a sandbox. */
const linkedPrograms = ["python", "python3", "node", "pilot-agent", "envoy"];

/** Returns where the image's programs and shared folders are, with links resolved. */
export async function pathsToReach(image: Image, path: string): Promise<readonly string[]> {
  const folders = [image.folder, ...path.split(":").filter((each) => each.startsWith("/"))];
  const programs = linkedPrograms.flatMap((name) => folders.map((folder) => join(folder, name)));
  const all = [...folders, ...programs, ...(image.shares ?? [])];
  const real = await Promise.all(all.map((each) => realpath(each).catch(() => undefined)));
  return [...new Set(real.flatMap((each) => (each === undefined ? [] : [each, dirname(each)])))];
}
