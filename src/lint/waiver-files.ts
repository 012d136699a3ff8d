import { readFile } from "node:fs/promises";
import { dirname, join, parse, posix, relative, resolve, sep } from "node:path";
import { isMap, isSeq, LineCounter, parseDocument } from "yaml";
import { matches } from "../core/check.ts";
import { list, text } from "./fields.ts";
import { subjectOf } from "./manifest.ts";
import { shownPath, type SourceFile } from "./source-files.ts";
import type { Waiver } from "./waivers.ts";

/** A file of waivers; one in a folder above what is linted has the way from that folder to the current one. */
export interface WaiverFile extends Pick<SourceFile, "file" | "content"> {
  readonly above?: string;
}

export function isWaiverFile(file: string): boolean {
  return /(^|\/)\.gennet\/lint\.ya?ml$/.test(file);
}

/** Reads `.gennet/lint.yaml` of every folder above a path, up to the repository's; nearest first. */
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
 * `.gennet/lint.yaml`: paths are relative to the folder that holds `.gennet`, and may be written with `\\`. One that
 * cannot be understood is a waiver that says nothing, and fails as such.
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
    const problem = error === undefined ? "has no list `waivers`" : `no valid YAML: ${error.message}`;
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
        (object === undefined || (finding.manifest !== undefined && subjectOf(finding.manifest) === object)),
    };
  });
}

/** Whether a file, relative to the current folder, is the path of a waiver or below it. */
function withinOf(path: string, folder: string, above: string | undefined): (file: string) => boolean {
  // A folder that the current one is in has no name from there: files get theirs from that folder.
  return folder.replaceAll("../", "") === ".." && above !== undefined
    ? (file) => isWithin(posix.join(".", path), posix.join(above, file))
    : (file) => isWithin(posix.join(folder, path), file);
}

/** Both are relative to one folder. */
function isWithin(scope: string, file: string): boolean {
  return !/^\.\.(\/|$)/.test(posix.relative(scope, file));
}
