import { join, relative, resolve } from "node:path";
import { AppError } from "../core/error.ts";
import { nearWords } from "../core/near-words.ts";
import { type RunbookEntry, runbookFiles, shippedFolder } from "./runbook-files.ts";

/** Returns every runbook by its front matter. One of the platform replaces a shipped one with the same id. */
export async function findRunbooks(platformFolder: string | undefined, cwd: string): Promise<readonly RunbookEntry[]> {
  const own = platformFolder === undefined ? [] : await ownRunbooks(join(platformFolder, "runbooks"), cwd);
  const { shippedEntries } = await import("./shipped-entries.ts");
  const folder = await shippedFolder();
  const shipped = shippedEntries.map((entry): RunbookEntry => {
    return { ...entry, origin: "gennet", path: join(folder, entry.file) };
  });
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

async function ownRunbooks(folder: string, cwd: string): Promise<readonly RunbookEntry[]> {
  const files = await runbookFiles(folder);
  if (files.length === 0) return [];
  const { readEntry } = await import("./read-entry.ts");
  return Promise.all(
    files.map(async (name) => {
      const path = join(folder, name);
      const file = relative(cwd, path);
      return { ...(await readEntry({ path, file })), origin: "platform", file, path };
    }),
  );
}
