import { isUtf8 } from "node:buffer";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, join, relative, resolve, sep } from "node:path";
import { fileError } from "../core/file-error.ts";
import { foreignFolders } from "../core/foreign-folders.ts";

/** A file that was read. */
export interface SourceFile {
  /** As shown in findings: relative to the current folder, with `/`. */
  readonly file: string;
  readonly content: string;
  /** Why it could not be read, in which case its content is empty. */
  readonly problem?: string;
}

/** No object in a cluster is larger: etcd accepts objects of up to 1.5 MiB. */
export const largestFile = 32 * 1024 * 1024;

const waivers = ["lint.yaml", "lint.yml"];
const manifest = /\.(ya?ml|json)$|^Kustomization$/i;
/** Templates that an engine renders to YAML or JSON: Terraform, Jinja, Go, ERB. */
const templated = /\.(ya?ml|json)\.(tpl|tmpl|tftpl|gotmpl|j2|jinja2?|erb)$/i;

/** Returns whether the name identifies the file as a template, whatever its content. */
export function isTemplateFile(file: string): boolean {
  return templated.test(file);
}

export interface Sources {
  readonly files: readonly SourceFile[];
  /** Links that were not followed, and why. */
  readonly passedOver: readonly string[];
}

/**
 * Returns every YAML and JSON file in a folder or the given file, including templates, and each folder's
 * `.gennet/lint.yaml`. Like kubectl and Argo CD, follows links to files inside `boundary`, but not links to folders.
 * Throws LINT_PATH_UNREADABLE if the path itself or one of its folders cannot be read.
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

/** Reads a file. Returns problems with it instead of throwing. */
export async function readSource(cwd: string, path: string): Promise<SourceFile> {
  const file = shownPath(cwd, path);
  const unread = (problem: string): SourceFile => ({ file, content: "", problem });
  try {
    const found = await stat(path);
    if (!found.isFile()) return unread("is not a regular file");
    if (found.size > largestFile) return unread(`is too large to read (${Math.round(found.size / 1024 / 1024)} MiB)`);
    const bytes = await readFile(path);
    const content = decoded(bytes);
    if (content !== undefined) return { file, content };
    // Other files may have any encoding.
    return bytes.includes("apiVersion") ? unread("is not valid UTF-8") : { file, content: "" };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return unread(`cannot be read: ${code ?? String(error)}`);
  }
}

/** A file as shown in findings: relative to the current folder, with `/`. */
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

/** Returns why a link is not followed; undefined if its target is a file in the repository. */
async function whyNotFollowed(link: string, boundary: string): Promise<string | undefined> {
  try {
    const target = await realpath(link);
    // Neither Kustomize nor Argo CD does it.
    if (!isInside(boundary, target)) return "leads outside the repository, or the folder being linted";
    return (await stat(target)).isFile() ? undefined : "leads to a folder";
  } catch {
    return "has no target";
  }
}

/** Returns whether a path is a folder or inside it. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`);
}

async function waiversIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => waivers.includes(name)).map((name) => join(folder, name));
}
