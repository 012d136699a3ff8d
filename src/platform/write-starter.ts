import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { AppError } from "../core/error.ts";
import { isThere } from "../core/is-there.ts";
import { shell } from "../core/shell-words.ts";
import { platformFileSchema } from "./json-schema.ts";
import { schemaFile } from "./starter.ts";

/** Throws CONFIG_EXISTS, or CONFIG_UNWRITABLE where there is no folder for it. */
export async function checkAbsent(path: string): Promise<void> {
  if (await isThere(path)) throw alreadyThere(path);
  if (!(await isThere(dirname(path)))) throw unwritable(path, "its folder does not exist");
}

/** Writes a gennet.yaml and, beside it, its schema. Never overwrites a gennet.yaml: throws CONFIG_EXISTS. */
export async function writeStarter(path: string, text: string): Promise<void> {
  let begun = false;
  try {
    await writeFile(path, "", { flag: "wx" });
    begun = true;
    await writeFileAtomic(path, text);
    const schema = join(dirname(path), schemaFile);
    await mkdir(dirname(schema), { recursive: true });
    await writeFileAtomic(schema, `${JSON.stringify(platformFileSchema(), null, 2)}\n`);
  } catch (error) {
    if (begun) await rm(path, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && !begun) throw alreadyThere(path);
    throw code === undefined ? error : unwritable(path, error);
  }
}

function alreadyThere(path: string): AppError {
  return new AppError("CONFIG_EXISTS", `${path} exists already and is left as it is.`, {
    next: ["--config FILE   writes another one", `Edit ${path}, or move it away first.`],
  });
}

function unwritable(path: string, cause: unknown): AppError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AppError("CONFIG_UNWRITABLE", `${path} cannot be written: ${reason}.`, {
    next: [shell`ls -ld ${dirname(path)}`],
    cause,
  });
}
