import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createKustomize } from "../../src/kustomize/kustomize.ts";
import type { LintFinding } from "../../src/lint/lint-report.ts";
import { type ReadTree, readTree } from "../../src/lint/read-tree.ts";
import { type LintFilesOptions, lintRead } from "./lint-files.ts";
import { referees } from "./referees.ts";

export interface LintTreeOptions extends LintFilesOptions {
  /** What is linted, from the folder that holds the files; all of it unless named. */
  readonly path?: string;
  /** Whether there is a Kustomize. */
  readonly kustomize?: false;
}

/** Lints files on a disk, built by the real Kustomize of the pinned kubectl. */
export async function lintTree(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: LintTreeOptions = {},
): Promise<LintFinding[]> {
  return inFolder(files, async (cwd) => lintRead(await readFolder(cwd, options), options));
}

/** Reads a folder, and builds what is in it. */
export async function readFolder(cwd: string, { path = ".", kustomize }: LintTreeOptions = {}): Promise<ReadTree> {
  const { signal } = new AbortController();
  const PATH = kustomize === false ? "" : dirname((await referees()).kubectl);
  const env = { ...process.env, PATH };
  return readTree({ cwd, path, kustomize: createKustomize({ env, signal, own: async () => undefined }), signal });
}

/** Does work in a folder with these files, which is removed afterwards. */
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
