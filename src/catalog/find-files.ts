import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../core/error.ts";
import { foreignFolders } from "../core/foreign-folders.ts";
import { shell } from "../core/shell-words.ts";

const catalogFile = "catalog-info.yaml";

/** Far above any repository; prevents searching a home folder or a whole disk. */
const mostFolders = 50_000;

export interface FoundFiles {
  /** Everything with the name of a catalogue file, even folders. Absolute paths, sorted. */
  readonly files: readonly string[];
  /** Folders that could not be searched, each with the error code. */
  readonly closed: readonly { readonly folder: string; readonly code: string }[];
}

/**
 * Searches a folder and its subfolders, without following links. Throws CATALOG_PATH_UNREADABLE or CATALOG_TOO_LARGE.
 */
export async function findCatalogFiles(
  root: string,
  shown: string,
  signal: AbortSignal,
  most = mostFolders,
): Promise<FoundFiles> {
  const files: string[] = [];
  const closed: { folder: string; code: string }[] = [];
  let folders = 0;
  const visit = async (folder: string): Promise<void> => {
    signal.throwIfAborted();
    if (++folders > most) throw tooLarge(shown, most);
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === undefined) throw error;
      if (folder === root) throw unreadable(shown, error);
      closed.push({ folder, code: error.code });
      return [];
    });
    if (entries.some(({ name }) => name === catalogFile)) files.push(join(folder, catalogFile));
    const below = entries.filter((entry) => entry.isDirectory() && entry.name !== catalogFile);
    await Promise.all(
      below.filter(({ name }) => !foreignFolders.has(name)).map(({ name }) => visit(join(folder, name))),
    );
  };
  await visit(root);
  return { files: files.sort(), closed };
}

function unreadable(shown: string, cause: NodeJS.ErrnoException): AppError {
  return new AppError("CATALOG_PATH_UNREADABLE", `The folder ${shown} cannot be read: ${cause.code ?? ""}.`, {
    next: [shell`ls -ld ${shown}`],
    cause,
  });
}

function tooLarge(shown: string, most: number): AppError {
  return new AppError("CATALOG_TOO_LARGE", `${shown} has more than ${most} subfolders.`, {
    next: ["Pass a smaller folder, such as the repository that contains your services."],
  });
}
