import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runGit } from "./run-git.ts";

const { signal } = new AbortController();
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gennet-git-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs a git that prints this to stderr and fails. */
const failing = async (says: string, place?: string): Promise<unknown> => {
  const git = join(folder, "git");
  await writeFile(git, `#!/bin/sh\ncat >&2 <<'END'\n${says}\nEND\nexit 128\n`);
  await chmod(git, 0o755);
  const env = { PATH: `${folder}:${process.env["PATH"]}` };
  return runGit({ args: ["fast-import"], cwd: folder, env, signal, ...(place === undefined ? {} : { place }) });
};

describe("a git that fails", () => {
  it("A git that runs out of space is reported as a full disk, with the full location", async () => {
    const said = "fatal: sha1 file 'x' write error. Out of diskspace\nfast-import: dumping crash report";
    await expect(failing(said, "/tmp/a b")).rejects.toMatchObject({
      code: "SCAFFOLD_DISK_FULL",
      message: "The folder /tmp/a b cannot be written: no space is left on the disk (ENOSPC).",
      next: ["df -h '/tmp/a b'", "Then run the same command again."],
    });
  });

  it("A git that fails for another reason is reported with the one line that contains the reason", async () => {
    await expect(failing("warning: old\nfatal: bad object\nhint: look")).rejects.toMatchObject({
      code: "GIT_FAILED",
      message: `git fast-import failed in ${folder}: fatal: bad object`,
      next: [`git -C ${folder} status  # shows what is wrong with the repository`],
    });
  });
});
