import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { eachBounded } from "../core/bounded.ts";
import { AppError } from "../core/error.ts";
import { writeFailure } from "../core/write-failure.ts";
import type { RenderedFile } from "./render.ts";

/**
 * Writes the files as a new folder, all or nothing: they are made beside the target and put in its place by one
 * rename. Whatever ends this early (an error, Ctrl-C by the signal, a full disk) leaves nothing behind.
 */
export async function writeFolder(target: string, files: readonly RenderedFile[], signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const parent = dirname(target);
  let workplace: string | undefined;
  try {
    workplace = await mkdtemp(join(parent, `.${basename(target)}.gennet-`));
    // mkdtemp's own folder is for nobody else to read; the one inside it gets the user's usual mode.
    const draft = join(workplace, "draft");
    await mkdir(draft);
    const folders = new Set(files.map((file) => dirname(join(draft, file.path))));
    for (const folder of folders) await mkdir(folder, { recursive: true });
    await eachBounded(files, 16, async (file) => {
      signal.throwIfAborted();
      await writeFile(join(draft, file.path), file.content, { mode: file.mode, flag: "wx" });
    });
    signal.throwIfAborted();
    await rename(draft, target);
  } catch (error) {
    signal.throwIfAborted();
    throw explained(error, target);
  } finally {
    if (workplace !== undefined) await rm(workplace, { recursive: true, force: true });
  }
}

function explained(error: unknown, target: string): unknown {
  const advice = "Nothing was left behind; then run the same command again.";
  const failure = writeFailure(error, { place: dirname(target), advice });
  if (failure !== undefined) return failure;
  const { code } = error as NodeJS.ErrnoException;
  if (code !== "ENOTEMPTY" && code !== "EEXIST" && code !== "ENOTDIR") return error;
  return new AppError("SCAFFOLD_TARGET_EXISTS", `${target} was made by another process meanwhile.`, {
    next: ["--dir PATH   names another folder"],
    cause: error,
  });
}
