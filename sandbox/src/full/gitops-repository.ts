import { rename, rm } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { isThere } from "../../../src/core/is-there.ts";
import type { SandboxFolder } from "../folders.ts";
import type { Setting } from "../setting.ts";
import { gitRunner, newBareRepository } from "./git-runner.ts";

/** The URL that an Argo CD Application of any region has as its source. */
export function gitopsUrl(folder: SandboxFolder): string {
  return pathToFileURL(folder.repository).href;
}

/** Creates the bare repository that all regions read, with an empty first commit on `main`, unless it exists. */
export async function createGitopsRepository(folder: SandboxFolder, setting: Setting): Promise<void> {
  if (await isThere(folder.repository)) return;
  const unfinished = `${folder.repository}.new`;
  await rm(unfinished, { recursive: true, force: true });
  const git = gitRunner(setting);
  await newBareRepository(unfinished, git);
  const inside = ["--git-dir", unfinished];
  const tree = await git([...inside, "hash-object", "-t", "tree", "-w", "--stdin"]);
  const commit = await git([...inside, "commit-tree", tree, "-m", "An empty platform"]);
  await git([...inside, "update-ref", "refs/heads/main", commit]);
  await rename(unfinished, folder.repository);
}
