import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Script } from "node:vm";
import { expect, it } from "vitest";
import { codeCache } from "./code-cache.ts";

const parent = (): string => mkdtempSync(join(tmpdir(), "gennet-code-"));

function stored(folder: string): void {
  const cache = codeCache(folder);
  cache.add("a.js", new Script("1 + 1"));
  cache.store();
}

it("The code cache returns what was stored before, from a folder of the user alone", () => {
  const folder = join(parent(), "build");
  stored(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(readdirSync(folder)).toEqual(["a.js"]);
  const cachedData = codeCache(folder).read("a.js");
  expect(new Script("1 + 1", { cachedData }).cachedDataRejected).toBe(false);
  expect(codeCache(folder).read("b.js")).toBeUndefined();
});

it("The code cache neither reads nor writes a folder that others may write to", () => {
  const folder = join(parent(), "build");
  stored(folder);
  chmodSync(folder, 0o777);
  expect(codeCache(folder).read("a.js")).toBeUndefined();
  const before = readFileSync(join(folder, "a.js"));
  const cache = codeCache(folder);
  cache.add("a.js", new Script("2"));
  cache.store();
  expect(readFileSync(join(folder, "a.js"))).toEqual(before);
});

it("The code cache does nothing if no folder can be created", () => {
  const file = join(parent(), "file");
  writeFileSync(file, "");
  expect(() => stored(join(file, "build"))).not.toThrow();
  expect(codeCache(join(file, "build")).read("a.js")).toBeUndefined();
  expect(() => codeCache(undefined).store()).not.toThrow();
});

it("The code cache removes the folders of builds that stored nothing for a month", () => {
  const place = parent();
  for (const [name, days] of [
    ["old", 40],
    ["recent", 1],
  ] as const) {
    mkdirSync(join(place, name));
    const then = (Date.now() - days * 24 * 3_600_000) / 1000;
    utimesSync(join(place, name), then, then);
  }
  stored(join(place, "new"));
  expect(readdirSync(place).toSorted()).toEqual(["new", "recent"]);
});
