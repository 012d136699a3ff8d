import { readdir, readFile } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import { AppError } from "../core/error.ts";
import { fileError, isFileAbsent } from "../core/file-error.ts";
import { nearest } from "../core/nearest.ts";
import { nearWords } from "../core/near-words.ts";
import { YamlProblems } from "../core/valid-yaml.ts";
import { readFrontMatter } from "./format/front-matter.ts";

/** What the front matter of a runbook says about it. */
export interface RunbookEntry {
  readonly id: string;
  readonly title: string;
  readonly when: string;
  /** The checks whose findings it answers: ids, areas or globs. */
  readonly findings: readonly string[];
  /** Whether it comes with gennet or from the platform's folder `runbooks`. */
  readonly origin: "gennet" | "platform";
  /** Relative to the current folder; of a shipped one, its name. */
  readonly file: string;
  readonly path: string;
  /** Why its front matter cannot be read or is invalid. The ID is then the name of the file. */
  readonly problem?: string;
}

/** Returns every runbook by its front matter. One of the platform replaces a shipped one with the same id. */
export async function findRunbooks(platformFolder: string | undefined, cwd: string): Promise<readonly RunbookEntry[]> {
  const own = platformFolder === undefined ? [] : await entriesIn(join(platformFolder, "runbooks"), "platform", cwd);
  const shipped = await entriesIn(await shippedFolder(), "gennet", cwd);
  const replaced = new Set(own.map(({ id }) => id));
  return [...own, ...shipped.filter(({ id }) => !replaced.has(id))].toSorted((one, other) =>
    one.id < other.id ? -1 : 1,
  );
}

/** Returns the runbook with an id, or in a file, which may have any name. Throws RUNBOOK_UNKNOWN. */
export async function findRunbook(
  named: string,
  platformFolder: string | undefined,
  cwd: string,
): Promise<Pick<RunbookEntry, "path" | "file"> & { readonly id?: string }> {
  if (named.endsWith(".md")) return { path: resolve(cwd, named), file: named };
  const entries = await findRunbooks(platformFolder, cwd);
  const found = entries.find(({ id }) => id === named);
  if (found !== undefined) return found;
  const near = nearWords(
    named,
    entries.map(({ id }) => id),
  );
  throw new AppError("RUNBOOK_UNKNOWN", `No runbook has the ID "${named}".`, {
    next: [...near.map((id) => `gennet runbook show ${id}`), "gennet runbook list"],
  });
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
async function shippedFolder(): Promise<string> {
  const found = await nearest(import.meta.dirname, ["templates/runbooks"]);
  if (found === undefined) throw new Error("The folder templates/runbooks is missing from this installation.");
  return join(found.folder, found.path);
}

async function entriesIn(
  folder: string,
  origin: RunbookEntry["origin"],
  cwd: string,
): Promise<readonly RunbookEntry[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isFileAbsent(error)) return [];
    throw fileError("RUNBOOK_UNKNOWN", "read", { path: folder, shownAs: `The folder ${folder}` }, error);
  });
  const files = names.filter((name) => name.endsWith(".md") && name.toLowerCase() !== "readme.md");
  return Promise.all(
    files.map(async (name) => {
      const path = join(folder, name);
      const file = origin === "gennet" ? name : relative(cwd, path);
      return { ...(await entryOf({ path, file })), origin, file, path };
    }),
  );
}

/** A file that cannot be read must not hide the other runbooks. */
async function entryOf(
  place: Pick<RunbookEntry, "path" | "file">,
): Promise<Omit<RunbookEntry, "origin" | "file" | "path">> {
  const { file } = place;
  const named = basename(file, ".md");
  const unreadable = (problem: string) => ({ id: named, title: "", when: "", findings: [], problem });
  try {
    const source = await readRunbook(place);
    const [, text] = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(source) ?? [];
    if (text === undefined) return unreadable(`${file}:1: expected front matter`);
    const { id, title, when, findings } = readFrontMatter(text, file, named);
    return { id, title, when, findings };
  } catch (error) {
    if (error instanceof YamlProblems) return unreadable(error.problems[0] ?? "");
    if (error instanceof AppError) return unreadable(error.message);
    throw error;
  }
}
