import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { linkVolume, writeVolume } from "./volume-writer.ts";

let folder: string;
beforeAll(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "gennet-volume-")), "volume");
});
afterAll(async () => rm(join(folder, ".."), { recursive: true }));

const file = (path: string, text: string, mode = 0o644) => ({ path, content: Buffer.from(text), mode });

it("A volume's files are replaced together, and unchanged ones are not written", async () => {
  expect(await writeVolume(folder, [file("a", "1", 0o400), file("x/y", "2")], undefined)).toBe(true);
  expect(await readFile(join(folder, "a"), "utf8")).toBe("1");
  expect((await stat(join(folder, "a"))).mode & 0o777).toBe(0o400);
  expect(await writeVolume(folder, [file("a", "1", 0o400), file("x/y", "2")], undefined)).toBe(false);

  expect(await writeVolume(folder, [file("a", "3"), file("b", "4")], undefined)).toBe(true);
  expect(await readFile(join(folder, "a"), "utf8")).toBe("3");
  const entries = await readdir(folder);
  expect(entries.filter((entry) => !entry.startsWith("..")).sort()).toEqual(["a", "b"]);
  // The link, and the folder that it points to.
  expect(entries.filter((entry) => entry.startsWith(".."))).toHaveLength(2);
});

it("A volume that outlives its pod appears among the pod's, and the pod's group may write to it", async () => {
  const target = join(folder, "..", "pvc-1");
  await mkdir(target, { mode: 0o755 });
  const link = join(folder, "..", "data");
  await linkVolume(link, target, process.getgid?.());
  await linkVolume(link, target, process.getgid?.());
  expect(await readlink(link)).toBe(target);
  expect((await stat(target)).mode & 0o7777).toBe(0o2775);
});
