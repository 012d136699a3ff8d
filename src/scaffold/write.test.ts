import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RenderedFile } from "./render.ts";
import { writeFolder } from "./write.ts";

const files: readonly RenderedFile[] = [
  { path: "README.md", content: "# a\n", mode: 0o644 },
  { path: "bin/run", content: "#!/bin/sh\n", mode: 0o755 },
];
const never = new AbortController().signal;

describe("writing a folder", () => {
  let parent: string;
  let target: string;

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), "gennet-write-"));
    target = join(parent, "orders");
  });

  afterEach(async () => {
    await rm(parent, { recursive: true });
  });

  it("Writing a folder leaves the files and nothing else", async () => {
    await writeFolder(target, files, never);
    expect(await readdir(parent, { recursive: true })).toEqual(
      expect.arrayContaining(["orders", "orders/README.md", "orders/bin", "orders/bin/run"]),
    );
    expect(await readdir(parent)).toEqual(["orders"]);
    expect(await readFile(join(target, "README.md"), "utf8")).toBe("# a\n");
  });

  it("Writing a folder uses the modes of the template, and the user's default for folders", async () => {
    await writeFolder(target, files, never);
    await mkdir(join(parent, "reference"));
    const mode = async (path: string): Promise<number> => (await stat(join(parent, path))).mode & 0o777;
    expect(await mode("orders")).toBe(await mode("reference"));
    expect((await mode("orders/bin/run")) & 0o700).toBe(0o700);
    expect((await mode("orders/README.md")) & 0o700).toBe(0o600);
  });

  it("Writing a folder replaces an empty folder", async () => {
    await mkdir(target);
    await writeFolder(target, files, never);
    expect(await readdir(target)).toEqual(["README.md", "bin"]);
  });

  it("Writing a folder leaves nothing behind if a file cannot be written", async () => {
    const impossible = [...files, { path: "README.md/below", content: "", mode: 0o644 as const }];
    await expect(writeFolder(target, impossible, never)).rejects.toThrow(/EEXIST|ENOTDIR|Another process has created/);
    expect(await readdir(parent)).toEqual([]);
  });

  it("Writing a folder leaves nothing behind when it is interrupted, at any file", async () => {
    for (let at = 0; at <= files.length; at++) {
      const controller = new AbortController();
      const reason = new Error("Ctrl-C");
      let reached = 0;
      const counted = files.map((file) => ({
        path: file.path,
        mode: file.mode,
        get content() {
          if (reached++ === at) controller.abort(reason);
          return file.content;
        },
      }));
      if (at === files.length) controller.abort(reason);
      await expect(writeFolder(target, counted, controller.signal)).rejects.toBe(reason);
      expect(await readdir(parent)).toEqual([]);
    }
  });

  it("Writing a folder does not touch a folder that another process filled in the meantime", async () => {
    await mkdir(target);
    await writeFile(join(target, "theirs"), "");
    await expect(writeFolder(target, files, never)).rejects.toMatchObject({ code: "SCAFFOLD_TARGET_EXISTS" });
    expect(await readdir(parent, { recursive: true })).toEqual(["orders", "orders/theirs"]);
  });

  it("Writing a folder creates missing parents, and removes them if it fails", async () => {
    await writeFolder(join(parent, "a", "b", "orders"), files, never);
    expect(await readdir(join(parent, "a", "b"))).toEqual(["orders"]);
    const impossible = [...files, { path: "README.md/below", content: "", mode: 0o644 as const }];
    await expect(writeFolder(join(parent, "a", "c", "d", "orders"), impossible, never)).rejects.toThrow(/./);
    expect(await readdir(join(parent, "a"))).toEqual(["b"]);
  });
});

describe("writing into a new repository", () => {
  let clone: string;
  beforeEach(async () => {
    clone = await mkdtemp(join(tmpdir(), "gennet-clone-"));
    await mkdir(join(clone, ".git"));
    await writeFile(join(clone, "README.md"), "# hi\n");
    await writeFile(join(clone, "LICENSE"), "mine\n");
    await writeFile(join(clone, ".gitignore"), "*.log\n.venv/\n");
  });
  afterEach(() => rm(clone, { recursive: true }));
  const service = [...files, { path: ".gitignore", content: ".venv/\ndist/\n", mode: 0o644 as const }];

  it("Writing into a new repository keeps its files: the README below the template's, ignored paths appended, the licence unchanged", async () => {
    await writeFolder(clone, service, never);
    expect((await readdir(clone)).toSorted()).toEqual([".git", ".gitignore", "LICENSE", "README.md", "bin"]);
    const read = (path: string): Promise<string> => readFile(join(clone, path), "utf8");
    expect(await read("README.md")).toBe("# a\n\n# hi\n");
    expect(await read(".gitignore")).toBe("*.log\n.venv/\ndist/\n");
    expect(await read("LICENSE")).toBe("mine\n");
  });

  it("Writing into a new repository restores everything if it fails halfway", async () => {
    // A file of the template that cannot replace a folder.
    await mkdir(join(clone, "NOTICE"));
    const impossible = [...service, { path: "NOTICE", content: "x\n", mode: 0o644 as const }];
    await expect(writeFolder(clone, impossible, never)).rejects.toThrow(/./);
    expect((await readdir(clone)).toSorted()).toEqual([".git", ".gitignore", "LICENSE", "NOTICE", "README.md"]);
    expect(await readFile(join(clone, "README.md"), "utf8")).toBe("# hi\n");
  });
});
