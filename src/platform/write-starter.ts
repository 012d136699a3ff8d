import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError } from "../core/error.ts";
import { fileError } from "../core/file-error.ts";
import { isThere } from "../core/is-there.ts";
import { replaceFile } from "../core/replace-file.ts";
import { shell } from "../core/shell-words.ts";
import { platformFileSchema } from "./json-schema.ts";
import { schemaFile } from "./starter.ts";

/** Throws CONFIG_EXISTS, or CONFIG_UNWRITABLE if its folder does not exist. */
export async function checkAbsent(path: string): Promise<void> {
  if (await isThere(path)) throw alreadyThere(path);
  const folder = dirname(path);
  if (await isThere(folder)) return;
  throw new AppError("CONFIG_UNWRITABLE", `${path} cannot be written: its folder does not exist.`, {
    next: [shell`mkdir -p ${folder}`],
  });
}

/** Writes a gennet.yaml and its schema next to it. Throws CONFIG_EXISTS instead of overwriting a gennet.yaml. */
export async function writeStarter(path: string, text: string): Promise<void> {
  let begun = false;
  try {
    await writeFile(path, "", { flag: "wx" });
    begun = true;
    await replaceFile(path, text);
    const schema = join(dirname(path), schemaFile);
    await mkdir(dirname(schema), { recursive: true });
    await replaceFile(schema, `${JSON.stringify(platformFileSchema(), null, 2)}\n`);
  } catch (error) {
    if (begun) await rm(path, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && !begun) throw alreadyThere(path);
    throw fileError("CONFIG_UNWRITABLE", "written", { path }, error);
  }
}

function alreadyThere(path: string): AppError {
  return new AppError("CONFIG_EXISTS", `${path} already exists and was not changed.`, {
    next: ["gennet init --config FILE  # writes a different file", `Edit ${path}, or move it aside first.`],
  });
}
