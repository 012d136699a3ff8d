import { type ComponentVersions, versionsOf } from "./versions.ts";

/**
 * The istiods of a region. Each version of Istio has its own revision, so that an upgrade installs another istiod beside
 * the one that runs: https://istio.io/latest/docs/setup/upgrade/canary/
 */
export interface MeshRevisions {
  /** The versions that have an istiod; the one that was added last is at the end. */
  readonly installed: readonly string[];
  /** The version whose istiod injects proxies wherever no other revision is named. */
  readonly inUse: string;
}

/** Returns the name of a revision: `1-31-0`. A revision is a label, and a part of names, which have no dots. */
export function revisionOf(version: string): string {
  return version.replaceAll(".", "-");
}

/** Returns the version of a revision that `revisionOf` named. */
export function versionOfRevision(revision: string): string {
  return revision.replaceAll("-", ".");
}

/** Returns the istiods of a world; without any in Git, only that of its set of versions. */
export function meshOf(world: { readonly mesh?: MeshRevisions; readonly versions?: ComponentVersions }): MeshRevisions {
  return world.mesh ?? only(versionsOf(world).istio);
}

export function only(version: string): MeshRevisions {
  return { installed: [version], inUse: version };
}

/** Returns the istiods with another one beside them, which injects nothing yet. */
export function besides(mesh: MeshRevisions | undefined, version: string): MeshRevisions {
  if (mesh === undefined) return only(version);
  return { ...mesh, installed: [...mesh.installed.filter((each) => each !== version), version] };
}

/** Returns the istiods that go once no proxy uses them. */
export function leaving({ installed, inUse }: MeshRevisions, version: string): readonly string[] {
  return inUse === version ? installed.filter((each) => each !== version) : [];
}
