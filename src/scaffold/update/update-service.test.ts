import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { templateOf, testAnswers, TrialService } from "../../../test/support/updated-service.ts";
import type { Repository } from "../../git/port.ts";
import type { Template } from "../template.ts";
import { checkService } from "./check-service.ts";
import { diffService } from "./diff-service.ts";
import { pendingUpdate } from "./pending-update.ts";

const lines = (...each: string[]): string => `${each.join("\n")}\n`;
const app = lines(
  "import a",
  "",
  "def one():",
  "    return 1",
  "",
  "",
  "def two():",
  "    return 2",
  "",
  "",
  "end = 1",
);
const settings = lines("one = 1", "two = 2", "three = 3", "four = 4", "five = 5");
const config = lines(
  "# who",
  "name: orders",
  "limits:",
  "  cpu: 100m",
  "  memory: 128Mi",
  "ports:",
  "  - name: http",
  "    port: 80",
);
const first = {
  "src/app.py": app,
  "src/settings.py": settings,
  "config.yaml": config,
  "run.sh*": "#!/bin/sh\nexec app\n",
};
const older = templateOf("1.0.0", first);

let service: TrialService;
afterEach(() => service.remove());

const start = async (template: Template = older, edits: Record<string, string | null> = {}): Promise<void> => {
  service = await TrialService.create(template);
  await edit(edits);
};
const edit = async (edits: Record<string, string | null>): Promise<void> => {
  for (const [path, content] of Object.entries(edits)) {
    if (content === null) await rm(join(service.folder, path));
    else await service.write(path, content);
  }
  await service.commit();
};
const newer = (files: Record<string, string>, more: Partial<Template> = {}): Template =>
  templateOf("1.1.0", files, more);
const status = (): Promise<string> => service.run("status", "--porcelain", "--untracked-files=all");

describe("an update", () => {
  it("An update of a service that was not edited gives exactly the new render, including its modes", async () => {
    await start();
    const next = { "src/app.py*": app.replace("return 1", "return 11"), "docs/a.md": "# A\n", "run.sh": "exec app\n" };
    const updated = await service.update(newer(next));
    expect(updated).toMatchObject({ state: "updated", from: "1.0.0", to: "1.1.0", conflicts: [] });
    expect(await service.files()).toEqual({
      "docs/a.md": "# A\n",
      "run.sh": "exec app\n",
      "src/app.py": next["src/app.py*"],
    });
    expect([await service.isExecutable("src/app.py"), await service.isExecutable("run.sh")]).toEqual([true, false]);
    expect(await checkService(service.folder, ".", async () => newer(next))).toMatchObject({
      outdated: false,
      changes: [],
    });
    expect(await readdir(join(service.folder, ".gennet"))).toEqual(["answers.yaml", "base.json"]);
  });

  it("An update to the same template changes nothing, twice", async () => {
    await start(older, { "src/app.py": `${app}mine = 1\n` });
    expect(await service.update(older)).toMatchObject({ state: "current", files: [] });
    expect(await status()).toBe("");
  });

  it("An update keeps what the user wrote next to the template's changes", async () => {
    await start(older, { "src/app.py": app.replace("import a", "import a\nimport mine"), "src/own.py": "own = 1\n" });
    await service.update(newer({ ...first, "src/app.py": app.replace("return 2", "return 22") }));
    expect(await service.read("src/app.py")).toBe(
      app.replace("import a", "import a\nimport mine").replace("return 2", "return 22"),
    );
    expect(await service.read("src/own.py")).toBe("own = 1\n");
  });

  it("An update follows a file that the template renamed, and one that the user renamed", async () => {
    await start(older, {
      "src/app.py": null,
      "src/main.py": app,
      "src/settings.py": settings.replace("one = 1", "one = 111"),
    });
    const { "src/settings.py": _gone, ...others } = first;
    const next = { ...others, "src/app.py": app.replace("return 1", "return 11"), "src/config.py": settings };
    expect(await service.update(newer(next))).toMatchObject({ state: "updated" });
    const files = await service.files();
    expect(files["src/main.py"]).toBe(next["src/app.py"]);
    expect(files["src/config.py"]).toBe(settings.replace("one = 1", "one = 111"));
    expect(Object.keys(files)).not.toContain("src/app.py");
    expect(Object.keys(files)).not.toContain("src/settings.py");
  });

  it("An update moves the user's own files when the template renames a folder", async () => {
    await start(templateOf("1.0.0", { "old/app.py": app, "old/settings.py": settings }), { "old/own.py": "own = 1\n" });
    await service.update(newer({ "new/app.py": app, "new/settings.py": settings }));
    expect(Object.keys(await service.files())).toEqual(["new/app.py", "new/own.py", "new/settings.py"]);
    expect(await readdir(service.folder)).not.toContain("old");
  });

  it("An update leaves deleted what the user deleted, whatever the template does to it", async () => {
    await start(older, { "src/settings.py": null, "config.yaml": null });
    const { "config.yaml": _renamed, ...others } = first;
    const next = { ...others, "src/settings.py": `${settings}six = 6\n`, "deploy.yaml": config };
    expect(await service.update(newer(next))).toMatchObject({ state: "updated" });
    expect(Object.keys(await service.files())).toEqual(["run.sh", "src/app.py"]);
    await service.commit();
    await service.update(templateOf("1.2.0", { ...next, "src/settings.py": settings }));
    expect(Object.keys(await service.files())).toEqual(["run.sh", "src/app.py"]);
  });

  it("An update keeps a file that the user edited and the template dropped, as a conflict", async () => {
    await start(older, { "src/settings.py": `${settings}mine = 6\n` });
    const { "src/settings.py": _dropped, ...others } = first;
    expect(await service.update(newer(others))).toMatchObject({ state: "conflicts", conflicts: ["src/settings.py"] });
    expect(await service.read("src/settings.py")).toContain("mine = 6");
    expect(await status()).toContain("UD services/orders/src/settings.py");
  });

  it("An update leaves a real conflict: markers in the file, three stages in the index, no .rej", async () => {
    await start(older, { "src/settings.py": settings.replace("two = 2", "two = 22") });
    const updated = await service.update(
      newer({ ...first, "src/settings.py": settings.replace("two = 2", "two = 222") }),
    );
    expect(updated).toMatchObject({ state: "conflicts", conflicts: ["src/settings.py"] });
    const text = await service.read("src/settings.py");
    expect(text).toMatch(/^<<<<<<< yours\ntwo = 22\n\|{7}.*\ntwo = 2\n=======\ntwo = 222\n>>>>>>> test-1.1.0$/m);
    expect(await status()).toContain("UU services/orders/src/settings.py");
    const stages = await service.run("ls-files", "--unmerged");
    expect(
      stages
        .trim()
        .split("\n")
        .map((line) => line.split(/\s/)[2]),
    ).toEqual(["1", "2", "3"]);
    expect(await service.run("show", ":1:services/orders/src/settings.py")).toBe(settings);
    expect(await service.run("show", ":3:services/orders/src/settings.py")).toContain("two = 222");
    // Git's own tools see the conflict. Once resolved, it is an ordinary commit, and the next update starts from the
    // new base.
    await service.run("checkout", "--theirs", "services/orders/src/settings.py");
    await service.commit();
    expect(
      await service.update(newer({ ...first, "src/settings.py": settings.replace("two = 2", "two = 222") })),
    ).toMatchObject({ state: "current" });
  });

  it("An update merges YAML by structure if lines alone conflict, keeping comments and order", async () => {
    await start(older, { "config.yaml": config.replace("cpu: 100m", "cpu: 250m # measured") });
    const updated = await service.update(
      newer({ ...first, "config.yaml": config.replace("memory: 128Mi", "memory: 256Mi") }),
    );
    expect(updated).toMatchObject({ state: "updated", structural: ["config.yaml"] });
    expect(await service.read("config.yaml")).toBe(
      config.replace("cpu: 100m", "cpu: 250m # measured").replace("128Mi", "256Mi"),
    );
  });

  it("An update never changes a file that is written once, but gives it to a service without one", async () => {
    const once = { once: ["seed.py", "later.py"] };
    await start(templateOf("1.0.0", { ...first, "seed.py": "seed = 1\n" }, once), { "seed.py": "seed = 'mine'\n" });
    await service.update(newer({ ...first, "seed.py": "seed = 2\n", "later.py": "later = 1\n" }, once));
    expect(await service.files()).toMatchObject({ "seed.py": "seed = 'mine'\n", "later.py": "later = 1\n" });
    await edit({ "later.py": null });
    await service.update(templateOf("1.2.0", { ...first, "later.py": "later = 2\n" }, once));
    expect(Object.keys(await service.files())).not.toContain("later.py");
    expect(await service.read("seed.py")).toBe("seed = 'mine'\n");
  });

  it("An update does not merge lockfiles, and names the stale ones", async () => {
    const project = { "pyproject.toml": "[project]\nname = 'a'\n" };
    await start(templateOf("1.0.0", project), { "uv.lock": "mine\n" });
    const updated = await service.update(newer({ "pyproject.toml": "[project]\nname = 'b'\n", "uv.lock": "theirs\n" }));
    expect(updated).toMatchObject({ state: "updated", staleLocks: ["uv.lock"] });
    expect(await service.read("uv.lock")).toBe("mine\n");
  });

  it("An update regenerates a lockfile after its project is in place, unless the project has conflicts", async () => {
    const project = (name: string) => ({ "pyproject.toml": `[project]\nname = '${name}'\n` });
    const seen: string[] = [];
    const relock = async (folder: string, lock: string): Promise<boolean> => {
      seen.push(`${lock} ${await readFile(join(folder, "pyproject.toml"), "utf8")}`);
      return true;
    };
    await start(templateOf("1.0.0", project("a")), { "uv.lock": "mine\n" });
    const updated = await service.update(newer(project("b")), { relock });
    expect(updated).toMatchObject({ relocked: ["uv.lock"], staleLocks: [] });
    expect(seen).toEqual(["uv.lock [project]\nname = 'b'\n"]);

    await edit(project("mine"));
    const third = { ...newer(project("c")), version: "3.0.0" };
    const conflict = await service.update(third, { relock });
    expect(conflict).toMatchObject({ conflicts: ["pyproject.toml"], relocked: [], staleLocks: ["uv.lock"] });
    expect(seen).toHaveLength(1);
  });

  it("An update does not overwrite an ignored file at the path of a new file", async () => {
    await start(older, { ".gitignore": "local.env\n" });
    await service.write("local.env", "SECRET=mine\n");
    expect(await service.update(newer({ ...first, "local.env": "SECRET=\n" }))).toMatchObject({
      conflicts: ["local.env"],
    });
    expect(await service.read("local.env")).toContain("SECRET=mine");
  });

  it("An update keeps the user's comments in the answers, and records new answers", async () => {
    await start();
    await edit({ ".gennet/answers.yaml": `${await service.read(".gennet/answers.yaml")}# mine\n` });
    const template = newer({ ...first, "README.md": "<%= it.region %>\n" });
    await service.update(template, { complete: async (_template, recorded) => ({ ...recorded, region: "eu" }) });
    const text = await service.read(".gennet/answers.yaml");
    expect(text).toContain("# mine");
    expect(text).toContain("version: 1.1.0");
    expect(text).toContain("region: eu");
    expect(await service.read("README.md")).toBe("eu\n");
  });
});

describe("an update that must not start", () => {
  it.each([
    ["an edit", "src/app.py"],
    ["a new file", "src/new.py"],
  ])("An update is rejected with %s that is not committed, before anything is written", async (_what, path) => {
    await start();
    await service.write(path, "not committed\n");
    const before = await status();
    await expect(service.update(newer({ "src/app.py": "x\n" }))).rejects.toMatchObject({
      code: "SCAFFOLD_TREE_DIRTY",
      exit: 7,
    });
    expect(await status()).toBe(before);
  });

  it("An update ignores uncommitted changes elsewhere in the repository", async () => {
    await start();
    await service.write("../other/file", "dirty\n");
    expect(await service.update(newer({ "src/app.py": "x\n" }))).toMatchObject({ state: "updated" });
  });

  it("An update is rejected outside a repository, with the command that fixes it", async () => {
    await start();
    await rm(join(service.root, ".git"), { recursive: true });
    await expect(service.update(newer({}))).rejects.toMatchObject({
      code: "SCAFFOLD_NO_REPOSITORY",
      next: [expect.stringContaining("git init services/orders") as string],
    });
  });

  it("An update is rejected for a service that is newer than the template", async () => {
    await start(newer(first));
    await expect(service.update(older)).rejects.toMatchObject({ code: "SCAFFOLD_TEMPLATE_NEWER" });
  });

  it("An update in a dry run shows its patch, and writes nothing", async () => {
    await start();
    const planned = await service.update(newer({ ...first, "src/app.py": "x\n" }), { dryRun: true });
    expect(planned).toMatchObject({ state: "pending", patch: expect.stringContaining("+x") as string });
    expect(await status()).toBe("");
  });

  it("An update needs a base, which can be rendered while the template still has the version", async () => {
    await start(older, { ".gennet/base.json": null });
    await expect(service.update(newer(first))).rejects.toMatchObject({ code: "SCAFFOLD_BASE_MISSING" });
    await expect(service.update(newer(first), { base: true })).rejects.toMatchObject({ code: "SCAFFOLD_BASE_MISSING" });
    expect(await service.update(older, { base: true })).toMatchObject({ state: "updated" });
    await service.commit();
    expect(await service.update(newer({ ...first, "src/app.py": "x\n" }))).toMatchObject({ state: "updated" });
    expect(await service.read("src/app.py")).toBe("x\n");
  });
});

describe("an update that is interrupted", () => {
  const template = newer({
    ...first,
    "src/app.py": "x\n",
    "docs/a.md": "# A\n",
    "src/settings.py": settings.replace("two = 2", "two = 3"),
  });
  /** Ends the update like a kill, at the moment the index is to be written. */
  const killed = async (): Promise<void> => {
    const git = service.git;
    const stage = (): Promise<never> => Promise.reject(new Error("killed"));
    const repository = async (folder: string): Promise<Repository | undefined> => {
      const found = await git.repository(folder);
      return found === undefined ? undefined : { ...found, stage };
    };
    await expect(service.update(template, { git: { ...git, repository } })).rejects.toThrow("killed");
  };

  it("An interrupted update is completed by the next one, with the same result", async () => {
    await start(older, { "src/settings.py": settings.replace("two = 2", "two = 4") });
    await killed();
    expect(await pendingUpdate(service.folder)).toMatchObject({ from: "1.0.0", to: "1.1.0" });
    expect(await service.update(template)).toMatchObject({ state: "conflicts", conflicts: ["src/settings.py"] });
    expect(await service.files()).toMatchObject({ "src/app.py": "x\n", "docs/a.md": "# A\n" });
    expect(await status()).toContain("UU services/orders/src/settings.py");
    expect(await readdir(join(service.folder, ".gennet"))).toEqual(["answers.yaml", "base.json"]);
  });

  it("An update interrupted by a full disk shows how to complete it", async () => {
    await start();
    const { git } = service;
    const full = Object.assign(new Error("no space"), { code: "ENOSPC", syscall: "write" });
    const repository = async (folder: string): Promise<Repository | undefined> => {
      const found = await git.repository(folder);
      return found === undefined ? undefined : { ...found, stage: () => Promise.reject(full) };
    };
    await expect(service.update(template, { git: { ...git, repository } })).rejects.toMatchObject({
      code: "SCAFFOLD_DISK_FULL",
      message: "The folder services/orders cannot be written: no space is left on the disk (ENOSPC).",
      next: ["df -h services/orders", "gennet service update services/orders  # completes the update"],
    });
    expect(await service.update(template)).toMatchObject({ state: "finished" });
  });

  it("An update interrupted before its preparation has changed nothing", async () => {
    await start();
    const controller = new AbortController();
    const complete = async (): Promise<typeof testAnswers> => {
      controller.abort(new Error("Ctrl-C"));
      return testAnswers;
    };
    await expect(service.update(template, { signal: controller.signal, complete })).rejects.toThrow("Ctrl-C");
    expect(await status()).toBe("");
  });
});

describe("drift", () => {
  it("Drift is what the user changed in the template's files, not what the user added", async () => {
    await start(older, { "src/own.py": "own = 1\n" });
    expect(await diffService(service.folder, ".", service.git)).toMatchObject({ files: [], patch: "" });
    await service.write("src/app.py", `${app}mine = 1\n`);
    await rm(join(service.folder, "config.yaml"));
    const drift = await diffService(service.folder, ".", service.git);
    expect(drift.files).toEqual([
      { path: "config.yaml", change: "removed" },
      { path: "src/app.py", change: "changed" },
    ]);
    expect(drift.patch).toContain("+mine = 1");
  });
});
