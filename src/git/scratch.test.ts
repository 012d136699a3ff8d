import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createScratch } from "./scratch.ts";

const env = { PATH: process.env["PATH"] };
const files = [{ path: "a.txt", mode: "100644" as const, content: "a\n".repeat(100_000) }];
const usual = process.env["TMPDIR"];
let place: string;

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), "gennet-scratch-"));
  process.env["TMPDIR"] = place;
});
afterEach(async () => {
  if (usual === undefined) delete process.env["TMPDIR"];
  else process.env["TMPDIR"] = usual;
  await rm(place, { recursive: true, force: true });
});

describe("a scratch repository", () => {
  it("A scratch repository leaves nothing behind when its creation is interrupted", async () => {
    const controller = new AbortController();
    const made = createScratch({ env, signal: controller.signal });
    controller.abort(new Error("Ctrl-C"));
    await expect(made).rejects.toThrow("Ctrl-C");
    expect(await readdir(place)).toEqual([]);
  });

  it("A scratch repository leaves nothing behind when a git in it is stopped: git exits before the folder is removed", async () => {
    const controller = new AbortController();
    const scratch = await createScratch({ env, signal: controller.signal });
    const names = Array.from({ length: 8 }, (_, at) => ({ name: `n${at}`, files }));
    const recorded = scratch.record(names);
    controller.abort(new Error("Ctrl-C"));
    await expect(recorded).rejects.toThrow("Ctrl-C");
    await scratch.dispose();
    expect(await readdir(place)).toEqual([]);
  });

  it("A scratch repository's error names the folder for temporary files if it does not exist", async () => {
    process.env["TMPDIR"] = join(place, "missing");
    const { signal } = new AbortController();
    await expect(createScratch({ env, signal })).rejects.toMatchObject({
      code: "SCAFFOLD_TARGET_UNWRITABLE",
      message: `The folder ${place}/missing cannot be written: it does not exist (ENOENT).`,
    });
  });
});
