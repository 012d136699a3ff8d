import { readFile } from "node:fs/promises";
import { dirname, join, parse, posix, relative, resolve, sep } from "node:path";
import { isMap, isSeq, LineCounter, parseDocument } from "yaml";
import { matches } from "../core/check.ts";
import { list, text } from "./fields.ts";
import { manifestSubject } from "./manifest.ts";
import { shownPath, type SourceFile } from "./source-files.ts";
import type { Waiver } from "./waivers.ts";

/** A file of waivers. One in a parent folder of the linted path includes the path from there to the current folder. */
export interface WaiverFile extends Pick<SourceFile, "file" | "content"> {
  readonly above?: string;
}

export function isWaiverFile(file: string): boolean {
  return /(^|\/)\.gennet\/lint\.ya?ml$/.test(file);
}

/** Reads `.gennet/lint.yaml` in every parent folder of a path, up to the repository's root; nearest first. */
export async function readWaiversAbove(
  cwd: string,
  path: string,
  repository: string | undefined,
): Promise<readonly WaiverFile[]> {
  const target = resolve(cwd, path);
  const last = repository ?? parse(target).root;
  const folders: string[] = [];
  for (let folder = target; folder !== last && folder !== dirname(folder);) folders.push((folder = dirname(folder)));
  const found = await Promise.all(
    folders.flatMap((folder) =>
      ["lint.yaml", "lint.yml"].map(async (name): Promise<WaiverFile[]> => {
        const file = join(folder, ".gennet", name);
        const content = await readFile(file, "utf8").catch(() => undefined);
        const above = relative(folder, cwd).split(sep).join("/");
        return content === undefined ? [] : [{ file: shownPath(cwd, file), content, above }];
      }),
    ),
  );
  return found.flat();
}

/**
 * Parses `.gennet/lint.yaml`. Paths are relative to the folder that contains `.gennet`, and may use `\\`. An invalid
 * file counts as an empty waiver, which fails.
 */
export function waiversInFile({ file, content, above }: WaiverFile): readonly Waiver[] {
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false, logLevel: "silent" });
  const inherited = above === undefined ? {} : { isInherited: true as const };
  const [error] = document.errors;
  if (error === undefined && document.contents === null) return [];
  const entries = isMap(document.contents) ? document.contents.get("waivers", true) : undefined;
  if (error !== undefined || !isSeq(entries)) {
    const { line, col } = lines.linePos(error?.pos[0] ?? 0);
    const problem = error === undefined ? "has no list `waivers`" : `invalid YAML: ${error.message}`;
    const nothing = { id: "", owner: undefined, reason: undefined, expires: undefined, covers: () => false };
    return [{ ...nothing, ...inherited, problem, location: { file, line: line || 1, column: col || 1 } }];
  }
  const written = list(document.toJS(), "waivers");
  return written.map((value, index) => {
    const { line, col } = lines.linePos((entries.items[index] as { range?: readonly number[] }).range?.[0] ?? 0);
    const object = text(value, "object")?.toLowerCase();
    const id = text(value, "id") ?? "";
    const path = text(value, "path")?.replaceAll("\\", "/");
    const isInPath = path === undefined ? undefined : withinOf(path, posix.dirname(posix.dirname(file)), above);
    return {
      id,
      owner: text(value, "owner"),
      reason: text(value, "reason"),
      expires: text(value, "expires"),
      ...inherited,
      location: { file, line: line || 1, column: col || 1 },
      covers: (finding) =>
        matches([id], finding.id) &&
        (isInPath !== undefined || object !== undefined) &&
        (isInPath === undefined || isInPath(finding.location.file)) &&
        (object === undefined || (finding.manifest !== undefined && manifestSubject(finding.manifest) === object)),
    };
  });
}

/** Returns whether a file, relative to the current folder, is the path of a waiver or inside it. */
function withinOf(path: string, folder: string, above: string | undefined): (file: string) => boolean {
  // A parent of the current folder cannot be named from there, so files are named relative to that folder.
  return folder.replaceAll("../", "") === ".." && above !== undefined
    ? (file) => isWithin(posix.join(".", path), posix.join(above, file))
    : (file) => isWithin(posix.join(folder, path), file);
}

/** Both are relative to the same folder. */
function isWithin(scope: string, file: string): boolean {
  return !/^\.\.(\/|$)/.test(posix.relative(scope, file));
}
