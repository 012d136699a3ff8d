import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { rename, rm } from "node:fs/promises";
import { isThere } from "../../../src/core/is-there.ts";
import type { SandboxFolder } from "../folders.ts";
import { gitRunner, newBareRepository } from "../full/git-runner.ts";
import type { Setting } from "../setting.ts";

/** The URL by which Argo CD's pods, and this machine, read the chart mirror. */
export function mirrorUrl({ mirror }: Pick<SandboxFolder, "mirror">): string {
  return pathToFileURL(mirror).href;
}

/** Makes `main` of the chart mirror hold the folder's files; if it does already, there is no new commit. */
export async function writeMirror(charts: string, { mirror }: SandboxFolder, setting: Setting): Promise<void> {
  const git = gitRunner(setting);
  if (!(await isThere(mirror))) {
    const unfinished = `${mirror}.new`;
    await rm(unfinished, { recursive: true, force: true });
    await newBareRepository(unfinished, git);
    await rename(unfinished, mirror);
  }
  const index = join(mirror, "index.new");
  const inside = ["--git-dir", mirror];
  try {
    const env = { GIT_INDEX_FILE: index };
    // Upstream's .gitignore and .helmignore files are content here.
    await git([...inside, "--work-tree", charts, "add", "--all", "--force", "."], env);
    const tree = await git([...inside, "write-tree"], env);
    const head = await git([...inside, "rev-parse", "--quiet", "--verify", "main"]).catch(() => undefined);
    if (head !== undefined && (await git([...inside, "rev-parse", "main^{tree}"])) === tree) return;
    const parent = head === undefined ? [] : ["-p", head];
    const commit = await git([...inside, "commit-tree", tree, ...parent, "-m", "Charts and manifests of upstream"]);
    await git([...inside, "update-ref", "refs/heads/main", commit]);
  } finally {
    await rm(index, { force: true });
  }
}
