import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { nearest } from "./nearest.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "gennet-nearest-"));
  await mkdir(join(root, "a", "b", "c"), { recursive: true });
  for (const file of ["far", "a/b/first", "a/b/second"]) await writeFile(join(root, file), "");
});
afterAll(() => rm(root, { recursive: true }));

it("The nearest folder counts before the order of the paths, and that before the rest", async () => {
  const start = join(root, "a", "b", "c");
  expect(await nearest(start, ["far", "second", "first"])).toEqual({ folder: join(root, "a", "b"), path: "second" });
  expect(await nearest(start, ["far"])).toEqual({ folder: root, path: "far" });
  expect(await nearest(start, ["b/first"])).toEqual({ folder: join(root, "a"), path: "b/first" });
  expect(await nearest(start, ["gennet-has-no-such-file"])).toBeUndefined();
});
