import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { realClock } from "../../../test/support/real-clock.ts";
import { sandboxFolder } from "../folders.ts";
import type { Setting } from "../setting.ts";
import { createGitopsRepository, gitopsUrl } from "./gitops-repository.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "gitops-"));
});
afterEach(() => rm(home, { recursive: true }));

const git = (...args: string[]): string => execFileSync("git", args, { encoding: "utf8", cwd: home }).trim();

describe("the GitOps repository", () => {
  it("The GitOps repository is bare, has an empty commit on main, accepts pushes, and is unchanged by a second `up`", async () => {
    const env = { PATH: process.env["PATH"] };
    const setting: Setting = {
      host: { env, home, clock: realClock },
      emit: () => undefined,
      signal: new AbortController().signal,
    };
    const folder = sandboxFolder({ env: {}, home }, "default");
    await createGitopsRepository(folder, setting);
    const url = gitopsUrl(folder);
    expect(url).toBe(`file://${folder.repository}`);
    git("clone", "--quiet", url, "copy");
    expect(git("-C", "copy", "ls-tree", "HEAD")).toBe("");
    const author = ["-c", "user.name=me", "-c", "user.email=me@example.com"];
    git("-C", "copy", ...author, "commit", "--quiet", "--allow-empty", "-m", "mine");
    git("-C", "copy", "push", "--quiet", "origin", "main");

    await createGitopsRepository(folder, setting);
    expect(git("--git-dir", folder.repository, "log", "--format=%s", "main").split("\n")).toEqual([
      "mine",
      "An empty platform",
    ]);
  });
});
