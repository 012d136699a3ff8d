import { gt } from "semver";
import { AppError } from "../../core/error.ts";
import type { KitFile } from "../kit/kit-file.ts";
import type { Template } from "../template.ts";
import type { RenderedFile } from "../render.ts";
import type { Base } from "./base.ts";
import type { ServiceRecord } from "./record.ts";

export interface FileChange {
  /** Relative to the service. */
  readonly path: string;
  readonly change: "added" | "changed" | "removed";
}

/** Returns the differences between two renders. Files that are written only once do not count. */
export function compareRenders(from: Base, to: Base): readonly FileChange[] {
  const before = new Map(from.files.map((file) => [file.path, file]));
  const after = new Map(to.files.map((file) => [file.path, file]));
  const paths = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  const files = paths.flatMap((path): FileChange[] => {
    const [was, is] = [before.get(path), after.get(path)];
    if (was === undefined) return [{ path, change: "added" }];
    if (was.once === true || is?.once === true) return [];
    if (is === undefined) return [{ path, change: "removed" }];
    return equal(was, is) ? [] : [{ path, change: "changed" }];
  });
  return [...files, ...compareKits(from.kit, to.kit)];
}

/** Returns the differences between two wheels. The version is part of a wheel's path. */
function compareKits(was: KitFile | undefined, is: KitFile | undefined): FileChange[] {
  if (was?.path === is?.path) {
    return was === undefined || was.sha256 === is?.sha256 ? [] : [{ path: was.path, change: "changed" }];
  }
  const removed = was === undefined ? [] : [{ path: was.path, change: "removed" as const }];
  const added = is === undefined ? [] : [{ path: is.path, change: "added" as const }];
  return [...removed, ...added];
}

/** In Git's format for binary files. */
export function binaryLine({ path, change }: FileChange): string {
  const [before, after] = [
    change === "added" ? "/dev/null" : `a/${path}`,
    change === "removed" ? "/dev/null" : `b/${path}`,
  ];
  return `Binary files ${before} and ${after} differ\n`;
}

/** Throws SCAFFOLD_TEMPLATE_NEWER if the service is newer than the installed template. */
export function checkNotNewer(record: ServiceRecord, template: Template, shown: string): void {
  if (!gt(record.version, template.version)) return;
  const { version } = template;
  throw new AppError(
    "SCAFFOLD_TEMPLATE_NEWER",
    `${shown} follows ${record.template} ${record.version}, but the installed version is ${version}.`,
    { next: ["Install the version of gennet that last updated the service, or a newer one."] },
  );
}

function equal(one: RenderedFile, other: RenderedFile): boolean {
  return one.content === other.content && one.mode === other.mode;
}
