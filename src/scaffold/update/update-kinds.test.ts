import { chmod, mkdir, readdir, readlink, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { templateOf, TrialService } from "../../../test/support/updated-service.ts";

const body = Array.from({ length: 12 }, (_, at) => `line ${at}\n`).join("");
const theirs = body.replace("line 3", "the template's line 3");
const mine = body.replace("line 9", "my line 9");
const first = { "a.txt": body, "dir/b.txt": body, "dir/c.txt": "c\n", "k.yaml": "a: 1\nb: 2\n", "README.md": body };

let service: TrialService;
afterEach(() => service.remove());

const at = (path: string): string => join(service.folder, path);
const start = async (edit: () => Promise<unknown>, commits = true): Promise<void> => {
  service = await TrialService.create(templateOf("1.0.0", first));
  await edit();
  if (commits) await service.commit();
};
const update = (changes: Record<string, string | null>): ReturnType<TrialService["update"]> => {
  const files = Object.entries({ ...first, ...changes }).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  return service.update(templateOf("1.1.0", Object.fromEntries(files)));
};
const stages = async (): Promise<string[]> =>
  (await service.run("ls-files", "--unmerged"))
    .split("\n")
    .filter(Boolean)
    .map((line) => line.replace(/^(\d+) \w+ (\d)\tservices\/orders\//, "$1 $2 "));
const linkTo = (target: string, path: string) => async (): Promise<void> => {
  await rm(at(path), { recursive: true });
  await symlink(target, at(path));
};

describe("an executable bit", () => {
  it("An executable bit set by the service is kept when the template edits the file", async () => {
    await start(() => chmod(at("a.txt"), 0o755));
    expect(await update({ "a.txt": theirs })).toMatchObject({ state: "updated", conflicts: [] });
    expect([await service.isExecutable("a.txt"), await service.read("a.txt")]).toEqual([true, theirs]);
  });

  it("An executable bit set by the template arrives in a file that the service edited", async () => {
    await start(() => service.write("a.txt", mine));
    expect(await update({ "a.txt": null, "a.txt*": body })).toMatchObject({ state: "updated" });
    expect([await service.isExecutable("a.txt"), await service.read("a.txt")]).toEqual([true, mine]);
  });

  it("An executable bit set by the template arrives in a file that is merged by structure", async () => {
    await start(() => service.write("k.yaml", "a: 5\nb: 2\n"));
    expect(await update({ "k.yaml": null, "k.yaml*": "a: 1\nb: 3\n" })).toMatchObject({ structural: ["k.yaml"] });
    expect([await service.isExecutable("k.yaml"), await service.read("k.yaml")]).toEqual([true, "a: 5\nb: 3\n"]);
  });
});

describe("a file mode that the template changes (copier#2604, copier#2630, copier#2748)", () => {
  const modes = async (): Promise<string[]> =>
    (await service.run("ls-tree", "-r", "HEAD", "services/orders"))
      .split("\n")
      .flatMap(
        (line) => /^(\d+) blob \w+\tservices\/orders\/(?!\.gennet)(.+)$/.exec(line)?.slice(1, 3).join(" ") ?? [],
      );
  const steps = {
    "a.txt": null,
    "a.txt*": body,
    "new.sh*": "#!/bin/sh\n",
    "dir/new.txt": "n\n",
    "k.yaml": "a: 1\nb: 3\n",
  };
  const after = ["100755 a.txt", "100644 dir/new.txt", "100644 k.yaml", "100755 new.sh"];

  it.each([
    ["true", "Git reads modes"],
    ["false", "Git ignores modes, as on Windows"],
  ])("A file mode changed by the template is in the next commit, with core.fileMode=%s: %s", async (looks) => {
    await start(async () => service.run("config", "core.fileMode", looks));
    expect(await update(steps)).toMatchObject({ state: "updated", conflicts: [] });
    // Only modes are staged.
    expect((await service.run("diff", "--cached", "--numstat")).split("\n").filter(Boolean)).toEqual(
      looks === "true" ? [] : ["0\t0\tservices/orders/a.txt"],
    );
    await service.commit();
    expect((await modes()).filter((line) => after.includes(line))).toEqual(after);
    expect(await service.run("show", "HEAD:services/orders/new.sh")).toBe("#!/bin/sh\n");
    expect(await service.run("show", "HEAD:services/orders/k.yaml")).toBe("a: 1\nb: 3\n");
  });

  it("A file mode is removed with core.fileMode=false if the template removes it, and stays if the service set it", async () => {
    const files = { ...first, "a.txt": undefined, "a.txt*": body, "b.sh": "b\n" };
    const given = Object.fromEntries(Object.entries(files).filter((entry) => entry[1] !== undefined)) as typeof first;
    service = await TrialService.create(templateOf("1.0.0", given));
    await service.run("config", "core.fileMode", "false");
    await service.run("update-index", "--chmod=+x", "services/orders/b.sh");
    await service.run("commit", "--quiet", "-m", "mine");
    const next = { ...first, "b.sh": "the template's\n" };
    expect(await service.update(templateOf("1.1.0", next))).toMatchObject({ state: "updated", conflicts: [] });
    await service.commit();
    expect((await modes()).filter((line) => /a\.txt|b\.sh/.test(line))).toEqual(["100644 a.txt", "100755 b.sh"]);
  });
});

describe("the user's Git settings", () => {
  it("Git settings that sign, reject or convert do not stop an update (copier#1224, bloom#572)", async () => {
    await start(async () => {
      const settings = { "commit.gpgSign": "true", "gpg.program": "/bin/false", "core.safecrlf": "true" };
      for (const [name, value] of Object.entries(settings)) await service.run("config", name, value);
      const hook = join(service.root, ".git/hooks/pre-commit");
      await mkdir(join(hook, ".."), { recursive: true });
      await writeFile(hook, "#!/bin/sh\nexit 1\n", { mode: 0o755 });
      await service.write("a.txt", mine);
      await service.run("-c", "commit.gpgSign=false", "commit", "--quiet", "--no-verify", "-am", "mine");
    }, false);
    expect(await update({ "a.txt": theirs, "crlf.txt": "a\r\nb\n" })).toMatchObject({
      state: "updated",
      conflicts: [],
    });
    expect(await service.read("crlf.txt")).toBe("a\r\nb\n");
  });
});

describe("files that Git ignores", () => {
  it("An ignored file survives an update that renames its folder, and a new file that Git ignores arrives (ember-cli-update#143, cruft#67)", async () => {
    await start(async () => {
      await service.write(".gitignore", "*.env\n.gitattributes\n");
      await service.write("dir/.env", "MINE=1\n");
    });
    const moved = { "dir/b.txt": null, "dir/c.txt": null, "folder/b.txt": body, "folder/c.txt": "c\n" };
    const added = { "new.env": "N=1\n", ".gitattributes": "* text=auto\n" };
    expect(await update({ ...moved, ...added })).toMatchObject({ state: "updated", conflicts: [] });
    expect(await service.read("dir/.env")).toBe("MINE=1\n");
    expect([await service.read("new.env"), await service.read(".gitattributes")]).toEqual(["N=1\n", "* text=auto\n"]);
    expect(await service.read("folder/b.txt")).toBe(body);
  });
});

describe("a symbolic link in place of a file", () => {
  it("A symbolic link in place of a file is kept, and the template's change is next to it as a conflict", async () => {
    await start(linkTo("README.md", "a.txt"));
    expect(await update({ "a.txt": theirs })).toMatchObject({
      state: "conflicts",
      conflicts: ["a.txt", "a.txt~test-1.1.0"],
      leftDeleted: [],
    });
    expect(await readlink(at("a.txt"))).toBe("README.md");
    expect(await service.read("a.txt~test-1.1.0")).toBe(theirs);
    expect(await stages()).toEqual(["120000 2 a.txt", "100644 1 a.txt~test-1.1.0", "100644 3 a.txt~test-1.1.0"]);
  });

  it("A symbolic link in place of a file is kept as a conflict when the template drops the file", async () => {
    await start(linkTo("README.md", "a.txt"));
    expect(await update({ "a.txt": null })).toMatchObject({ conflicts: ["a.txt"] });
    expect(await readlink(at("a.txt"))).toBe("README.md");
  });

  it("A symbolic link to a folder outside the service is never written through", async () => {
    await start(async () => {
      await mkdir(join(service.root, "elsewhere"));
      await linkTo("../../elsewhere", "dir")();
    });
    expect(await update({ "dir/new.txt": "new\n" })).toMatchObject({ conflicts: ["dir~yours"] });
    expect(await readdir(join(service.root, "elsewhere"))).toEqual([]);
    expect(await readlink(at("dir~yours"))).toBe("../../elsewhere");
  });

  it("A symbolic link in place of a renamed folder is kept, and changes follow the files", async () => {
    await start(async () => {
      await rename(at("dir"), at("real"));
      await symlink("real", at("dir"));
    });
    expect(await update({ "dir/b.txt": theirs })).toMatchObject({ state: "updated" });
    expect([await readlink(at("dir")), await service.read("real/b.txt")]).toEqual(["real", theirs]);
  });
});

describe("a file that becomes a folder, or a folder that becomes a file", () => {
  it("A file that becomes a folder in the service stays one, and the template's change of the old file is reported as deleted", async () => {
    await start(async () => {
      await rm(at("a.txt"));
      await service.write("a.txt/own", "own\n");
    });
    expect(await update({ "a.txt": theirs })).toMatchObject({ state: "updated", leftDeleted: ["a.txt"] });
    expect(await readdir(at("a.txt"))).toEqual(["own"]);
  });

  it("A file that becomes a folder in the service is moved aside as a conflict if the template adds to the folder", async () => {
    await start(async () => {
      await rm(at("dir"), { recursive: true });
      await service.write("dir", "own\n");
    });
    const updated = await update({ "dir/b.txt": theirs, "dir/new.txt": "new\n" });
    expect(updated).toMatchObject({ conflicts: ["dir~yours"], leftDeleted: ["dir/b.txt"] });
    expect(await service.files()).toMatchObject({ "dir~yours": "own\n", "dir/new.txt": "new\n" });
  });

  it("A file that becomes a folder in the template becomes one in a service that did not touch it", async () => {
    await start(async () => undefined);
    const changes = { "a.txt": null, "a.txt/x": "x\n", "dir/b.txt": null, "dir/c.txt": null, dir: "file\n" };
    expect(await update(changes)).toMatchObject({ state: "updated", conflicts: [] });
    expect(Object.keys(await service.files())).toEqual(["README.md", "a.txt/x", "dir", "k.yaml"]);
  });

  it("A file that becomes a folder in the template is a conflict that keeps every edit of the service", async () => {
    await start(async () => {
      await service.write("a.txt", mine);
      await service.write("dir/b.txt", mine);
    });
    const updated = await update({ "a.txt": null, "a.txt/x": "x\n", "dir/b.txt": null, "dir/c.txt": null, dir: "d\n" });
    expect(updated.conflicts).toEqual(["a.txt~yours", "dir/b.txt", "dir~test-1.1.0"]);
    expect(await service.files()).toMatchObject({
      "a.txt/x": "x\n",
      "a.txt~yours": mine,
      "dir/b.txt": mine,
      "dir~test-1.1.0": "d\n",
    });
  });
});

describe("an ignored file in the way of a new file", () => {
  const ignored = (pattern: string, path: string) => async (): Promise<void> => {
    await service.write(".gitignore", `${pattern}\n`);
    await service.write(path, "mine\n");
  };

  it.each([
    ["a file in a folder's place", "build", "build", { "build/x.txt": "x\n" }, "services/orders/build already exists"],
    [
      "a folder in a file's place",
      "build",
      "build/mine",
      { build: "x\n" },
      "services/orders/build/mine already exists",
    ],
    [
      "a file in a folder that becomes a file",
      "*.pyc",
      "dir/x.pyc",
      { "dir/b.txt": null, "dir/c.txt": null, dir: "x\n" },
      "services/orders/dir/x.pyc already exists",
    ],
  ])(
    "An ignored file in the way is reported before anything is written: %s",
    async (_what, pattern, path, changes, says) => {
      await start(ignored(pattern, path));
      const refused = expect.objectContaining({
        code: "SCAFFOLD_PATH_BLOCKED",
        exit: 7,
        message: expect.stringContaining(says) as string,
      }) as Error;
      await expect(update(changes)).rejects.toEqual(refused);
      expect(await service.run("status", "--porcelain")).toBe("");
      expect(await service.read(path)).toBe("mine\n");
      expect(await readdir(at(".gennet"))).toEqual(["answers.yaml", "base.json"]);
    },
  );

  it("An ignored link in the way is not written through", async () => {
    await start(async () => {
      await service.write(".gitignore", "build\n");
      await mkdir(join(service.root, "elsewhere"));
      await symlink("../../elsewhere", at("build"));
    });
    await expect(update({ "build/x.txt": "x\n" })).rejects.toMatchObject({ code: "SCAFFOLD_PATH_BLOCKED" });
    expect(await readdir(join(service.root, "elsewhere"))).toEqual([]);
  });
});

describe("a rename", () => {
  it("A rename that only changes the case of a name is followed, whichever side made it", async () => {
    await start(() => rename(at("README.md"), at("Readme.md")));
    expect(await update({ "README.md": theirs, "k.yaml": null, "K.yaml": "a: 1\nb: 2\n" })).toMatchObject({
      state: "updated",
    });
    expect(Object.keys(await service.files())).toEqual(["K.yaml", "Readme.md", "a.txt", "dir/b.txt", "dir/c.txt"]);
    expect(await service.read("Readme.md")).toBe(theirs);
  });

  it("A rename by both sides to different names is a conflict of both names, and nothing is reported as deleted", async () => {
    await start(() => rename(at("a.txt"), at("mine.txt")));
    expect(await update({ "a.txt": null, "theirs.txt": body })).toMatchObject({
      conflicts: ["mine.txt", "theirs.txt"],
      leftDeleted: [],
    });
  });
});

describe("changes of both sides", () => {
  it("A file that both sides deleted is not a conflict", async () => {
    await start(() => rm(at("a.txt")));
    expect(await update({ "a.txt": null })).toMatchObject({ state: "updated", conflicts: [], leftDeleted: [] });
  });

  it("A line that both sides edited is a conflict of three different stages, so that git mergetool opens it", async () => {
    await start(() => service.write("a.txt", body.replace("line 3", "mine")));
    await update({ "a.txt": theirs });
    const ids = (await service.run("ls-files", "--unmerged")).split("\n").filter(Boolean);
    expect(new Set(ids.map((line) => line.split(" ")[1])).size).toBe(3);
  });

  it("A file that both sides added is a conflict, with neither side lost", async () => {
    await start(() => service.write(".gitlab-ci.yml", "mine: 1\n"));
    expect(await update({ ".gitlab-ci.yml": "theirs: 1\n" })).toMatchObject({ conflicts: [".gitlab-ci.yml"] });
    const text = await service.read(".gitlab-ci.yml");
    expect([text.includes("mine: 1"), text.includes("theirs: 1")]).toEqual([true, true]);
  });

  it("An update can span two versions of the template", async () => {
    await start(() => service.write("dir/b.txt", mine));
    await service.update(templateOf("3.0.0", { ...first, "a.txt": theirs, "dir/b.txt": theirs, "new.txt": "2.0.0\n" }));
    const both = theirs.replace("line 9", "my line 9");
    expect(await service.files()).toMatchObject({ "a.txt": theirs, "dir/b.txt": both, "new.txt": "2.0.0\n" });
  });
});
