import { mkdir, mkdtemp, readdir, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { eachBounded } from "../core/bounded.ts";
import { AppError } from "../core/error.ts";
import { placeError } from "../core/file-error.ts";
import { isFreshClone, moveInto, withExisting } from "./fresh-clone.ts";
import type { NewFile } from "./render.ts";

/**
 * Writes the files to a new folder, completely or not at all: creates them next to the target, and moves them into
 * place with one rename, or one per entry for a new repository. Creates missing parent folders. If anything interrupts
 * it (an error, Ctrl-C through the signal, a full disk), nothing is left behind.
 */
export async function writeFolder(target: string, files: readonly NewFile[], signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  // An existing folder is kept, because a shell may be using it as its current folder.
  const there = await readdir(target).catch(() => undefined);
  const parent = there === undefined ? dirname(target) : target;
  const made: string[] = [];
  let workplace: string | undefined;
  let done = false;
  try {
    await makeFolders(parent, made);
    workplace = await mkdtemp(join(parent, `.${basename(target)}.gennet-`));
    // Only the current user can read mkdtemp's own folder; the one inside it gets the user's default mode.
    const draft = join(workplace, "draft");
    await mkdir(draft);
    const whole = there === undefined ? files : await withWhatIsThere(target, there, files);
    const folders = new Set(whole.map((file) => dirname(join(draft, file.path))));
    for (const folder of folders) await mkdir(folder, { recursive: true });
    await eachBounded(whole, 16, async (file) => {
      signal.throwIfAborted();
      await writeFile(join(draft, file.path), file.content, { mode: file.mode, flag: "wx" });
    });
    signal.throwIfAborted();
    if (there === undefined) await rename(draft, target);
    else await moveInto(await readdir(draft), { from: draft, to: target, aside: workplace }, new Set(there));
    done = true;
  } catch (error) {
    signal.throwIfAborted();
    throw explained(error, target);
  } finally {
    if (workplace !== undefined) await rm(workplace, { recursive: true, force: true });
    if (!done) for (const folder of made.toReversed()) await rmdir(folder).catch(() => undefined);
  }
}

/** Creates a folder and its missing parents. `made` lists the created folders, outermost first. */
async function makeFolders(folder: string, made: string[]): Promise<void> {
  const outermost = await mkdir(folder, { recursive: true });
  if (outermost === undefined) return;
  for (let each = folder; ; each = dirname(each)) {
    made.unshift(each);
    if (each === outermost) return;
  }
}

async function withWhatIsThere(
  target: string,
  there: readonly string[],
  files: readonly NewFile[],
): Promise<readonly NewFile[]> {
  if (!isFreshClone(there)) throw taken(target);
  return Promise.all(
    files.map(async (file) => {
      if (!there.includes(file.path.split("/")[0] ?? "")) return file;
      const joined = withExisting(file, await readFile(join(target, file.path), "utf8"));
      if (joined === undefined) throw taken(target);
      return joined;
    }),
  );
}

function explained(error: unknown, target: string): unknown {
  const advice = "Nothing was left behind; then run the same command again.";
  const failure = placeError({ place: dirname(target), advice }, error);
  if (failure !== undefined) return failure;
  if (error instanceof AppError) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code !== "ENOTEMPTY" && code !== "EEXIST" && code !== "ENOTDIR") return error;
  return taken(target, error);
}

function taken(target: string, cause?: unknown): AppError {
  return new AppError("SCAFFOLD_TARGET_EXISTS", `Another process has created ${target} in the meantime.`, {
    next: ["Pass --dir PATH to use another folder."],
    cause,
  });
}
