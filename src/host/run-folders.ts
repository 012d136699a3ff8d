import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileError, isFileAbsent } from "../core/file-error.ts";
import { replaceFile } from "../core/replace-file.ts";

/** The files of one run. Only their owner can read them. */
export interface RunFolder {
  readonly path: string;
  /** Where steps may leave files: not among those that describe the run. */
  readonly evidence: string;
  /** Throws JOURNAL_UNWRITABLE. */
  write(name: string, text: string): Promise<void>;
  read(name: string): Promise<string | undefined>;
  files(): Promise<readonly string[]>;
}

export interface RunFolders {
  /** Throws JOURNAL_UNWRITABLE. */
  create(id: string): Promise<RunFolder>;
  open(id: string): RunFolder;
  /** Returns the runs, the oldest first. */
  ids(): Promise<readonly string[]>;
}

const evidence = "evidence";

export function runFolders(root: string): RunFolders {
  const open = (id: string): RunFolder => folderAt(join(root, id));
  return {
    open,
    create: async (id) => {
      const path = join(root, id);
      await mkdir(join(path, evidence), { recursive: true, mode: 0o700 }).catch((error: unknown) => {
        throw fileError("JOURNAL_UNWRITABLE", "written", { path, shownAs: `The folder ${path}` }, error);
      });
      return open(id);
    },
    ids: async () => (await readdir(root).catch(noneWhereAbsent)).toSorted(),
  };
}

function folderAt(path: string): RunFolder {
  return {
    path,
    evidence: join(path, evidence),
    write: async (name, text) => {
      const file = join(path, name);
      await replaceFile(file, text, 0o600).catch((error: unknown) => {
        throw fileError("JOURNAL_UNWRITABLE", "written", { path: file, shownAs: `The file ${file}` }, error);
      });
    },
    read: (name) =>
      readFile(join(path, name), "utf8").catch((error: unknown) => {
        if (isFileAbsent(error)) return undefined;
        throw error;
      }),
    files: async () =>
      (await readdir(path, { recursive: true }).catch(noneWhereAbsent)).filter((name) => name !== evidence).toSorted(),
  };
}

function noneWhereAbsent(error: unknown): string[] {
  if (isFileAbsent(error)) return [];
  throw error;
}
