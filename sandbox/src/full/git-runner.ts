import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { definedOnly } from "../programs/go-toolchain.ts";
import type { Setting } from "../setting.ts";

/** Runs git with arguments; returns stdout. */
export type RunGit = (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<string>;

/** Runs git without the user's configuration. */
export function gitRunner(setting: Setting): RunGit {
  const identity = { NAME: "gennet sandbox", EMAIL: "sandbox@gennet.invalid" };
  const common = {
    ...definedOnly({ PATH: setting.host.env["PATH"] }),
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    ...Object.fromEntries(
      ["AUTHOR", "COMMITTER"].flatMap((role) =>
        Object.entries(identity).map(([field, value]) => [`GIT_${role}_${field}`, value]),
      ),
    ),
  };
  return async (args, more = {}) => {
    const { execa } = await import("execa");
    const env = { ...common, ...more };
    const { stdout } = await execa("git", args, { env, extendEnv: false, input: "", cancelSignal: setting.signal });
    return stdout;
  };
}

/** Creates a bare repository that pods can read, whose users are not the owner of the sandbox's files. */
export async function newBareRepository(path: string, git: RunGit): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  await git(["init", "--quiet", "--bare", "--shared=0644", "--initial-branch=main", path]);
}
