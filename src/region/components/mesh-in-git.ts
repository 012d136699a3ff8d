import { valid } from "semver";
import { versionAnnotation } from "./applications.ts";
import { istioTag } from "./istio-tag.ts";
import { istiodPrefix } from "./istiod.ts";
import { type MeshRevisions, versionOfRevision } from "./mesh-revisions.ts";
import type { FolderFiles } from "./platform-tree.ts";

/** As gennet writes it: reading whole files as YAML takes ten times as long. */
const written = new RegExp(`^ +${versionAnnotation}: "?([^"\\n]+)"?$`, "m");
const applications = /^applications\/(.+)\.yaml$/;

/** Returns the versions of components that a region's folder in Git installs, by their ids. */
export function versionsIn(files: FolderFiles): ReadonlyMap<string, string> {
  return new Map(
    [...files].flatMap(([path, text]): (readonly [string, string])[] => {
      const [, id] = applications.exec(path) ?? [];
      const version = id === undefined ? undefined : versionIn(text);
      return id === undefined || version === undefined ? [] : [[id, version]];
    }),
  );
}

/** Returns the istiods that a region's folder in Git installs; undefined if there are none. */
export function meshIn(files: FolderFiles): MeshRevisions | undefined {
  const installed = [...files.keys()].flatMap((path) => {
    const [, id = ""] = applications.exec(path) ?? [];
    const version = id.startsWith(istiodPrefix) ? versionOfRevision(id.slice(istiodPrefix.length)) : "";
    return valid(version) === null ? [] : [version];
  });
  const [first] = installed;
  if (first === undefined) return undefined;
  const inUse = versionsIn(files).get(istioTag.id);
  return { installed, inUse: inUse !== undefined && installed.includes(inUse) ? inUse : first };
}

/** Returns undefined for a file that is no longer what gennet wrote. */
function versionIn(text: string): string | undefined {
  return valid(written.exec(text)?.[1]) ?? undefined;
}
