import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { run, runGennet } from "../support/cli.ts";

const gitEnv = {
  GIT_AUTHOR_NAME: "t",
  GIT_AUTHOR_EMAIL: "t@example.com",
  GIT_COMMITTER_NAME: "t",
  GIT_COMMITTER_EMAIL: "t@example.com",
};

describe("services of a monorepo that follow their template", () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "gennet-fleet-"));
    await mkdir(join(root, "services"));
    await git("init", "--quiet", "--initial-branch=main");
    for (const name of ["orders", "carts"]) {
      const words = ["new", "service", name, "--domain", "shop", "--owner", "team-shop", "--dir", `services/${name}`];
      const made = await runGennet(words, { cwd: root });
      if (made.exit !== 0) throw new Error(made.stderr);
      await makeOlder(name);
    }
    await commit();
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const git = async (...words: string[]): Promise<string> => {
    const { exit, stdout, stderr } = await run("git", words, { cwd: root, env: gitEnv });
    if (exit !== 0) throw new Error(stderr);
    return stdout;
  };
  const commit = async (): Promise<void> => {
    await git("add", "--all");
    await git("commit", "--quiet", "-m", "commit");
  };
  const at = (name: string, path: string): string => join(root, "services", name, path);

  /** The service as an older template would have generated it: without the README's last line. */
  const makeOlder = async (name: string): Promise<void> => {
    const base = JSON.parse(await readFile(at(name, ".gennet/base.json"), "utf8")) as {
      version: string;
      files: Record<string, { lines: string[] }>;
    };
    base.version = "0.0.1";
    base.files["README.md"]?.lines.splice(-2, 1);
    await writeFile(at(name, ".gennet/base.json"), `${JSON.stringify(base, null, 1)}\n`);
    await writeFile(at(name, "README.md"), base.files["README.md"]?.lines.join("\n") ?? "");
    const answers = await readFile(at(name, ".gennet/answers.yaml"), "utf8");
    await writeFile(at(name, ".gennet/answers.yaml"), answers.replace(/^version: .*$/m, "version: 0.0.1"));
  };

  it("Services of a monorepo are reported as outdated, updated with their edits kept, and then up to date", async () => {
    const readme = await readFile(at("orders", "README.md"), "utf8");
    await writeFile(at("orders", "README.md"), readme.replace(/^# .*$/m, "# Orders, by us"));
    await commit();
    expect(await runGennet(["service", "check", "services/orders"], { cwd: root })).toMatchObject({ exit: 8 });
    const drift = await runGennet(["service", "diff"], { cwd: join(root, "services", "orders") });
    expect(drift).toMatchObject({ exit: 8, stdout: expect.stringContaining("+# Orders, by us") as string });
    const dry = await runGennet(["service", "update", "services/orders", "--dry-run"], { cwd: root });
    expect(dry.exit).toBe(8);
    expect(await git("status", "--porcelain")).toBe("");

    const { exit, stdout } = await runGennet(["service", "update", "services/orders", "-o", "json"], { cwd: root });
    const { items } = JSON.parse(stdout) as { items: object[] };
    expect({ exit, items }).toMatchObject({
      exit: 0,
      items: [
        { service: "orders", state: "updated", from: "0.0.1", files: [{ path: "README.md", change: "changed" }] },
      ],
    });
    const updated = await readFile(at("orders", "README.md"), "utf8");
    expect(updated).toContain("# Orders, by us");
    expect(updated.split("\n")).toHaveLength(readme.split("\n").length + 1);
    expect(await runGennet(["service", "check", "services/orders"], { cwd: root })).toMatchObject({ exit: 0 });
    expect((await git("status", "--porcelain")).trim().split("\n")).toHaveLength(3);
  });

  it("Services of a monorepo are updated together, and one that is rejected does not stop the others", async () => {
    await appendFile(at("carts", "README.md"), "not committed\n");
    const { exit, stdout } = await runGennet(["service", "update", "--all", ".", "-o", "json"], { cwd: root });
    const { items } = JSON.parse(stdout) as { items: object[] };
    expect(exit).toBe(7);
    expect(items).toMatchObject([
      { path: "services/carts", state: "failed", code: "SCAFFOLD_TREE_DIRTY" },
      { path: "services/orders", state: "updated" },
    ]);
  });
});
