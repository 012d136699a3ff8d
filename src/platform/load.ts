import { readFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { AppError } from "../core/error.ts";
import { shell } from "../core/shell-words.ts";
import { fileError, isFileAbsent } from "../core/file-error.ts";
import type { Platform } from "./schema.ts";

export const platformFile = "gennet.yaml";

/**
 * Finds, reads and validates gennet.yaml: the given file, or the nearest one in `cwd` and its parents. Throws
 * CONFIG_NOT_FOUND, CONFIG_UNREADABLE, CONFIG_REQUIRES_OTHER_VERSION, or CONFIG_INVALID with FILE:LINE:COLUMN.
 */
export async function loadPlatform(cwd: string, named: string | undefined): Promise<Platform> {
  const { path, text } = await findPlatform(cwd, named);
  // Without a file, the schema is not needed.
  const { parsePlatform } = await import("./parse.ts");
  return parsePlatform(text, relative(cwd, path));
}

/** Returns the path of gennet.yaml and its contents. */
export async function findPlatform(cwd: string, named: string | undefined): Promise<{ path: string; text: string }> {
  if (named !== undefined) {
    const path = resolve(cwd, named);
    const text = await readIfThere(path);
    if (text === undefined) throw notFound(`The file ${named} does not exist.`);
    return { path, text };
  }
  for (let folder = cwd; ; folder = dirname(folder)) {
    const path = join(folder, platformFile);
    const text = await readIfThere(path);
    if (text !== undefined) return { path, text };
    if (dirname(folder) === folder) throw notFound(`No ${platformFile} found in this folder or its parents.`);
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return decoded(await readFile(path), path);
  } catch (error) {
    if (isFileAbsent(error)) return undefined;
    throw fileError("CONFIG_UNREADABLE", "read", { path }, error);
  }
}

/** The YAML parser's errors for UTF-16, which some Windows editors write, would be unintelligible. */
function decoded(content: Buffer, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch (error) {
    throw new AppError("CONFIG_INVALID", `${path}:1:1: expected text in UTF-8`, {
      next: [shell`iconv --from-code UTF-16 --to-code UTF-8 ${path}  # shows it as UTF-8, if it is in UTF-16`],
      cause: error,
    });
  }
}

function notFound(message: string): AppError {
  return new AppError("CONFIG_NOT_FOUND", message, {
    next: [
      "gennet init  # creates one",
      "Pass --config FILE to use another file.",
      "Pass --context NAME to use a cluster without a gennet.yaml.",
    ],
  });
}
