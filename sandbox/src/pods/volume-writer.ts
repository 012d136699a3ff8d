import { randomBytes } from "node:crypto";
import {
  chmod,
  chown,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import type { VolumeFile } from "./volume-files.ts";

const current = "..data";

/**
 * Writes files to a volume so that a reader sees either all old or all new ones: they are in their own folder, and
 * renaming a link switches to it. A kubelet's volumes work the same way, and programs rely on it. Returns whether
 * anything changed.
 */
export async function writeVolume(
  folder: string,
  files: readonly VolumeFile[],
  group: number | undefined,
): Promise<boolean> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
  if (await holds(join(folder, current), files)) return false;
  const next = `..${randomBytes(6).toString("hex")}`;
  for (const { path, content, mode } of files) {
    const file = join(folder, next, path);
    await mkdir(dirname(file), { recursive: true, mode: 0o755 });
    await writeFile(file, content, { mode: 0o600 });
    if (group !== undefined) await chown(file, 0, group);
    await chmod(file, group === undefined ? mode : mode | 0o040);
  }
  await mkdir(join(folder, next), { recursive: true, mode: 0o755 });
  const old = await readlink(join(folder, current)).catch(() => undefined);
  await symlink(next, join(folder, `${current}.next`));
  await rename(join(folder, `${current}.next`), join(folder, current));
  await link(folder, new Set(files.map(({ path }) => path.split("/")[0] as string)));
  if (old !== undefined) await rm(join(folder, old), { recursive: true, force: true });
  return true;
}

async function holds(folder: string, files: readonly VolumeFile[]): Promise<boolean> {
  const present = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => undefined);
  if (present?.filter((entry) => entry.isFile()).length !== files.length) return false;
  const same = await Promise.all(
    files.map(async ({ path, content }) => {
      const found = await readFile(join(folder, path)).catch(() => undefined);
      return found?.equals(content) === true;
    }),
  );
  return same.every(Boolean);
}

/** Every file is reached through a link with its name. */
async function link(folder: string, names: ReadonlySet<string>): Promise<void> {
  for (const entry of await readdir(folder)) {
    if (!entry.startsWith("..") && !names.has(entry)) await rm(join(folder, entry));
  }
  for (const name of names) {
    const path = join(folder, name);
    const there = await lstat(path).catch(() => undefined);
    if (there === undefined) await symlink(join(current, name), path);
  }
}

/** Creates a folder that the pod's containers share and may write to. */
export async function makeEmptyDir(folder: string, group: number | undefined): Promise<void> {
  const known = await lstat(folder).catch(() => undefined);
  if (known !== undefined) return;
  await mkdir(folder, { recursive: true });
  if (group !== undefined) await chown(folder, 0, group);
  await chmod(folder, group === undefined ? 0o777 : 0o2777);
}

/** Makes a volume that outlives its pod appear among the pod's volumes. Like a kubelet, gives it to the pod's group. */
export async function linkVolume(link: string, target: string, group: number | undefined): Promise<void> {
  if (group !== undefined) {
    await chown(target, 0, group);
    await chmod(target, 0o2775);
  }
  const known = await readlink(link).catch(() => undefined);
  if (known === undefined) await symlink(target, link);
}
