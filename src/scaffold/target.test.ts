import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkTarget } from "./target.ts";

describe("where a service may be written", () => {
  let root: string;
  let cwd: string;

  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), "gennet-target-")));
    cwd = join(root, "here");
    await mkdir(join(cwd, "services"), { recursive: true });
    await mkdir(join(root, "elsewhere"));
  });

  afterEach(async () => {
    await rm(root, { recursive: true });
  });

  it("A service may be written below the current folder", async () => {
    expect(await checkTarget(cwd, "orders")).toBe(join(cwd, "orders"));
    expect(await checkTarget(cwd, "services/orders")).toBe(join(cwd, "services", "orders"));
    expect(await checkTarget(cwd, join(cwd, "orders"))).toBe(join(cwd, "orders"));
    expect(await checkTarget(cwd, "..orders")).toBe(join(cwd, "..orders"));
  });

  it("A service may be written to an existing folder that is empty", async () => {
    await mkdir(join(cwd, "orders"));
    expect(await checkTarget(cwd, "orders")).toBe(join(cwd, "orders"));
  });

  it.each(["../orders", "services/../../orders", "/orders", "", ".."])(
    "A service may not be written anywhere else: %j",
    async (folder) => {
      await expect(checkTarget(cwd, folder)).rejects.toMatchObject({ code: "SCAFFOLD_TARGET_OUTSIDE", exit: 2 });
    },
  );

  it("A service may not be written anywhere else through a link", async () => {
    await symlink(join(root, "elsewhere"), join(cwd, "link"));
    await expect(checkTarget(cwd, "link/orders")).rejects.toMatchObject({ code: "SCAFFOLD_TARGET_OUTSIDE" });
    await expect(checkTarget(cwd, "link")).rejects.toMatchObject({ code: "SCAFFOLD_TARGET_EXISTS" });
    await symlink(join(root, "missing"), join(cwd, "dangling"));
    await expect(checkTarget(cwd, "dangling")).rejects.toMatchObject({ code: "SCAFFOLD_TARGET_EXISTS" });
  });

  it("A service may be written through a link that stays inside", async () => {
    await symlink(join(cwd, "services"), join(cwd, "link"));
    expect(await checkTarget(cwd, "link/orders")).toBe(join(cwd, "link", "orders"));
  });

  it("A service's target is not created yet", async () => {
    await writeFile(join(cwd, "services", ".hidden"), "");
    await writeFile(join(cwd, "file"), "");
    await expect(checkTarget(cwd, "services")).rejects.toMatchObject({ code: "SCAFFOLD_TARGET_EXISTS", exit: 7 });
    await expect(checkTarget(cwd, "file")).rejects.toMatchObject({ code: "SCAFFOLD_TARGET_EXISTS", exit: 7 });
  });

  it("A service's target may have missing parents, which are created", async () => {
    expect(await checkTarget(cwd, "missing/too/orders")).toBe(join(cwd, "missing", "too", "orders"));
    await symlink(join(root, "elsewhere"), join(cwd, "link"));
    await expect(checkTarget(cwd, "link/missing/orders")).rejects.toMatchObject({ code: "SCAFFOLD_TARGET_OUTSIDE" });
    await symlink(join(root, "nowhere"), join(cwd, "dangling"));
    await expect(checkTarget(cwd, "dangling/orders")).rejects.toMatchObject({ code: "SCAFFOLD_TARGET_UNWRITABLE" });
  });

  it("A service may be written to the current folder, and to a new repository", async () => {
    const clone = join(cwd, "services");
    await mkdir(join(clone, ".git"));
    for (const name of ["README.md", "LICENSE", ".gitignore"]) await writeFile(join(clone, name), "");
    expect(await checkTarget(clone, ".")).toBe(clone);
    expect(await checkTarget(cwd, "services")).toBe(clone);
    await writeFile(join(clone, "main.py"), "");
    await expect(checkTarget(clone, ".")).rejects.toMatchObject({ code: "SCAFFOLD_TARGET_EXISTS" });
  });

  it("A service's target has a parent that is a folder", async () => {
    await writeFile(join(cwd, "file"), "");
    await expect(checkTarget(cwd, "file/orders")).rejects.toMatchObject({ code: "SCAFFOLD_TARGET_UNWRITABLE" });
  });
});
