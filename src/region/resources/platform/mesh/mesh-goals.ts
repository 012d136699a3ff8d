import type { RemoteFolder } from "../../../../git/remote-port.ts";
import { meshIn } from "../../../components/mesh-in-git.ts";
import { besides, type MeshRevisions, only } from "../../../components/mesh-revisions.ts";
import type { FolderFiles } from "../../../components/platform-tree.ts";
import { versionsOf } from "../../../components/versions.ts";
import type { Difference } from "../../../../core/resource.ts";
import type { RegionWorld } from "../../../world.ts";
import { committed, folderChanges, type FolderGoal } from "../git-folder.ts";

/*
 * The commits of an upgrade of Istio. Each leaves a region's folder in a state in which the region may stay, and which one
 * it is in is read from the folder itself.
 */

const meshGoal = (title: string, mesh: (files: FolderFiles, version: string) => MeshRevisions): FolderGoal => ({
  title,
  world: (files, world) => ({ ...world, mesh: mesh(files, versionsOf(world).istio) }),
});

/** Everything in its newest version, with the istiod of an older one beside that of the newest. */
export const installedGoal = meshGoal("Platform in Git", (files, version) => besides(meshIn(files), version));

/** The newest istiod injects proxies. */
export const defaultGoal = meshGoal("Istio's default revision", (files, version) => ({
  ...besides(meshIn(files), version),
  inUse: version,
}));

/** There is no other istiod. */
export const aloneGoal = meshGoal("Older istiods", (_files, version) => only(version));

const inOrder = [installedGoal, defaultGoal, aloneGoal];

/** Returns what the commit of one goal changes, once those before it are made. */
export function changesOf(goal: FolderGoal, { files }: RemoteFolder, world: RegionWorld): Difference {
  let before = files;
  for (const earlier of inOrder.slice(0, inOrder.indexOf(goal))) {
    before = committed(before, earlier.world(before, world));
  }
  return folderChanges(before, goal.world(before, world));
}
