import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createKustomize } from "../../src/kustomize/kustomize.ts";
import type { LintFinding } from "../../src/lint/lint-report.ts";
import { type ReadTree, readTree } from "../../src/lint/read-tree.ts";
import { type LintFilesOptions, lintRead } from "./lint-files.ts";
import { referees } from "./referees.ts";

export interface LintTreeOptions extends LintFilesOptions {
  /** The path to lint, relative to the folder with the files; by default, all of it. */
  readonly path?: string;
  /** Whether Kustomize is available. */
  readonly kustomize?: false;
}

/** Lints files on disk, built with the real Kustomize of the pinned kubectl. */
export async function lintTree(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: LintTreeOptions = {},
): Promise<LintFinding[]> {
  return inFolder(files, async (cwd) => lintRead(await readFolder(cwd, options), options));
}

/** Reads a folder, and builds its kustomizations. */
export async function readFolder(cwd: string, { path = ".", kustomize }: LintTreeOptions = {}): Promise<ReadTree> {
  const { signal } = new AbortController();
  const PATH = kustomize === false ? "" : dirname((await referees()).kubectl);
  const env = { ...process.env, PATH };
  return readTree({ cwd, path, kustomize: createKustomize({ env, signal, own: async () => undefined }), signal });
}

/** Runs work in a temporary folder with these files. */
export async function inFolder<T>(
  files: Readonly<Record<string, string | Uint8Array>>,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "gennet-tree-")));
  try {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(join(folder, dirname(path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
