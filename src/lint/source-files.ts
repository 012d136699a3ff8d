import { isUtf8 } from "node:buffer";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, join, relative, resolve, sep } from "node:path";
import { fileError } from "../core/file-error.ts";
import { foreignFolders } from "../core/foreign-folders.ts";

/** A file as it was read. */
export interface SourceFile {
  /** As findings call it: relative to the current folder, with `/`. */
  readonly file: string;
  readonly content: string;
  /** Why it could not be read; its content is empty then. */
  readonly problem?: string;
}

/** Nothing that a cluster takes is as large: etcd takes objects of up to 1.5 MiB. */
export const largestFile = 32 * 1024 * 1024;

const waivers = ["lint.yaml", "lint.yml"];
const manifest = /\.(ya?ml|json)$|^Kustomization$/i;
/** What a template engine renders to YAML or JSON: Terraform, Jinja, Go, ERB. */
const templated = /\.(ya?ml|json)\.(tpl|tmpl|tftpl|gotmpl|j2|jinja2?|erb)$/i;

/** Whether the name says that the file is a template, whatever it holds. */
export function isTemplateFile(file: string): boolean {
  return templated.test(file);
}

export interface Sources {
  readonly files: readonly SourceFile[];
  /** Links that were not followed, and why. */
  readonly passedOver: readonly string[];
}

/**
 * Every YAML and JSON file below a path, or the one that it names, templates of them, and each folder's
 * `.gennet/lint.yaml`. Links to files inside `boundary` are followed, links to folders are not, like kubectl and
 * Argo CD do. Throws LINT_PATH_UNREADABLE where the path itself, or a folder below it, cannot be read.
 */
export async function readSources(cwd: string, path: string, boundary: string, signal: AbortSignal): Promise<Sources> {
  const target = resolve(cwd, path);
  const files: SourceFile[] = [];
  const passedOver: string[] = [];
  for (const file of await filesBelow(target, path, boundary, (link, why) => {
    passedOver.push(`${shownPath(cwd, link)} ${why}`);
  })) {
    signal.throwIfAborted();
    files.push(await readSource(cwd, file));
  }
  return { files, passedOver: passedOver.sort() };
}

type PassOver = (link: string, why: string) => void;

/** Reads a file, whatever is wrong with it. */
export async function readSource(cwd: string, path: string): Promise<SourceFile> {
  const file = shownPath(cwd, path);
  const unread = (problem: string): SourceFile => ({ file, content: "", problem });
  try {
    const found = await stat(path);
    if (!found.isFile()) return unread("is no regular file");
    if (found.size > largestFile)
      return unread(`has ${Math.round(found.size / 1024 / 1024)} MiB, which is too much to read`);
    const bytes = await readFile(path);
    const content = decoded(bytes);
    if (content !== undefined) return { file, content };
    // Others' files may have any encoding.
    return bytes.includes("apiVersion") ? unread("is no valid UTF-8") : { file, content: "" };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return unread(`cannot be read: ${code ?? String(error)}`);
  }
}

/** As findings call a file: relative to the current folder, with `/`. */
export function shownPath(cwd: string, path: string): string {
  return (relative(cwd, path) || basename(path)).split(sep).join("/");
}

/** YAML is UTF-8, or UTF-16 with a byte order mark (YAML 1.1, 5.2). */
function decoded(bytes: Buffer): string | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16le").decode(Buffer.from(bytes).swap16());
  return isUtf8(bytes) ? bytes.toString("utf8") : undefined;
}

async function filesBelow(target: string, shown: string, boundary: string, passOver: PassOver): Promise<string[]> {
  try {
    if (!(await stat(target)).isDirectory()) return [target];
    return await walk(target, boundary, passOver);
  } catch (error) {
    throw fileError("LINT_PATH_UNREADABLE", "read", { path: shown }, error);
  }
}

async function walk(folder: string, boundary: string, passOver: PassOver): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      const isWanted = manifest.test(entry.name) || templated.test(entry.name);
      if (entry.isFile()) return isWanted ? [path] : [];
      if (entry.isSymbolicLink()) {
        const why = await whyNotFollowed(path, boundary);
        if (why === undefined) return isWanted ? [path] : [];
        passOver(path, why);
        return [];
      }
      if (!entry.isDirectory()) return [];
      if (entry.name === ".gennet") return waiversIn(path);
      return foreignFolders.has(entry.name) ? [] : walk(path, boundary, passOver);
    }),
  );
  return found.flat().sort();
}

/** Why a link is not read; undefined where it leads to a file of the repository. */
async function whyNotFollowed(link: string, boundary: string): Promise<string | undefined> {
  try {
    const target = await realpath(link);
    // Neither Kustomize nor Argo CD do it.
    if (!isInside(boundary, target)) return "leads out of the repository, or of the folder that is linted";
    return (await stat(target)).isFile() ? undefined : "leads to a folder";
  } catch {
    return "leads nowhere";
  }
}

/** Whether a path is a folder, or lies in it. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`);
}

async function waiversIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => waivers.includes(name)).map((name) => join(folder, name));
}
