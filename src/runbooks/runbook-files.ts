import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileError, isFileAbsent } from "../core/file-error.ts";
import { nearest } from "../core/nearest.ts";

/** What the front matter of a runbook says about it. */
export interface RunbookFacts {
  readonly id: string;
  readonly title: string;
  readonly when: string;
  /** The checks whose findings it answers: ids, areas or globs. */
  readonly findings: readonly string[];
  /** Why its front matter cannot be read or is invalid. The ID is then the name of the file. */
  readonly problem?: string;
}

export interface RunbookEntry extends RunbookFacts {
  /** Whether it comes with gennet or from the platform's folder `runbooks`. */
  readonly origin: "gennet" | "platform";
  /** Relative to the current folder; of a shipped one, its name. */
  readonly file: string;
  readonly path: string;
}

/** Returns the text of a runbook. Throws RUNBOOK_UNKNOWN if there is no such file. */
export async function readRunbook({ path, file }: Pick<RunbookEntry, "path" | "file">): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw fileError("RUNBOOK_UNKNOWN", "read", { path, shownAs: `The runbook ${file}` }, error);
  }
}

/** Returns the folder of the runbooks in this installation. */
export async function shippedFolder(): Promise<string> {
  const found = await nearest(import.meta.dirname, ["templates/runbooks"]);
  if (found === undefined) throw new Error("The folder templates/runbooks is missing from this installation.");
  return join(found.folder, found.path);
}

/** Returns the names of the runbooks in a folder; none if there is no such folder. */
export async function runbookFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isFileAbsent(error)) return [];
    throw fileError("RUNBOOK_UNKNOWN", "read", { path: folder, shownAs: `The folder ${folder}` }, error);
  });
  return names.filter((name) => name.endsWith(".md") && name.toLowerCase() !== "readme.md");
}
