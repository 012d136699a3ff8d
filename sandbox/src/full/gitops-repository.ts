import { mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { isThere } from "../../../src/core/is-there.ts";
import type { SandboxFolder } from "../folders.ts";
import { definedOnly } from "../programs/go-toolchain.ts";
import type { Setting } from "../setting.ts";

/** The URL that an Argo CD Application of any region has as its source. */
export function gitopsUrl(folder: SandboxFolder): string {
  return pathToFileURL(folder.repository).href;
}

/** Creates the bare repository that all regions read, with an empty first commit on `main`, unless it exists. */
export async function createGitopsRepository(folder: SandboxFolder, setting: Setting): Promise<void> {
  if (await isThere(folder.repository)) return;
  const unfinished = `${folder.repository}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(dirname(folder.repository), { recursive: true, mode: 0o700 });
  const git = gitRunner(setting);
  await git(["init", "--quiet", "--bare", "--initial-branch=main", unfinished]);
  const inside = ["--git-dir", unfinished];
  const tree = await git([...inside, "hash-object", "-t", "tree", "-w", "--stdin"]);
  const commit = await git([...inside, "commit-tree", tree, "-m", "An empty platform"]);
  await git([...inside, "update-ref", "refs/heads/main", commit]);
  await rename(unfinished, folder.repository);
}

/** Runs git without the user's configuration; returns stdout. */
function gitRunner(setting: Setting): (args: readonly string[]) => Promise<string> {
  const identity = { NAME: "gennet sandbox", EMAIL: "sandbox@gennet.invalid" };
  const env = {
    ...definedOnly({ PATH: setting.host.env["PATH"] }),
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    ...Object.fromEntries(
      ["AUTHOR", "COMMITTER"].flatMap((role) =>
        Object.entries(identity).map(([field, value]) => [`GIT_${role}_${field}`, value]),
      ),
    ),
  };
  return async (args) => {
    const { execa } = await import("execa");
    const { stdout } = await execa("git", args, { env, extendEnv: false, input: "", cancelSignal: setting.signal });
    return stdout;
  };
}
