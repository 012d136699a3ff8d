import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import { AppError } from "../core/error.ts";
import { foreignFolders } from "../core/foreign-folders.ts";
import { shell } from "../core/shell-words.ts";

/** A file as it was read. */
export interface SourceFile {
  /** As findings call it: relative to the current folder, with `/`. */
  readonly file: string;
  readonly content: string;
}

const waivers = "lint.yaml";

/**
 * Every YAML file below a path, or the one that it names, and each folder's `.gennet/lint.yaml`. Links are not
 * followed. Throws LINT_PATH_UNREADABLE.
 */
export async function readSources(cwd: string, path: string, signal: AbortSignal): Promise<readonly SourceFile[]> {
  const target = resolve(cwd, path);
  const sources: SourceFile[] = [];
  for (const file of await filesBelow(target, path)) {
    signal.throwIfAborted();
    const content = await readFile(file, "utf8").catch((error: unknown) => {
      throw unreadable(relative(cwd, file), error);
    });
    sources.push({ file: (relative(cwd, file) || basename(file)).replaceAll("\\", "/"), content });
  }
  return sources;
}

async function filesBelow(target: string, shown: string): Promise<string[]> {
  try {
    if (!(await stat(target)).isDirectory()) return [target];
    return await walk(target);
  } catch (error) {
    throw unreadable(shown, error);
  }
}

async function walk(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isFile()) return /\.ya?ml$|^Kustomization$/.test(entry.name) ? [path] : [];
      if (!entry.isDirectory()) return [];
      if (entry.name === ".gennet") return waiversIn(path);
      return foreignFolders.has(entry.name) ? [] : walk(path);
    }),
  );
  return found.flat().sort();
}

async function waiversIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).includes(waivers) ? [join(folder, waivers)] : [];
}

function unreadable(path: string, cause: unknown): AppError {
  const { code } = cause as NodeJS.ErrnoException;
  return new AppError("LINT_PATH_UNREADABLE", `${path} cannot be read: ${code ?? String(cause)}.`, {
    next: [shell`ls -ld ${path}`],
    cause,
  });
}
