import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { realClock } from "../../../test/support/real-clock.ts";
import { sandboxFolder } from "../folders.ts";
import type { Setting } from "../setting.ts";
import { mirrorUrl, writeMirror } from "./mirror.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "mirror-"));
});
afterEach(() => rm(home, { recursive: true }));

it("The chart mirror holds all files on main, and gets a commit only when they change", async () => {
  const setting: Setting = {
    host: { env: { PATH: process.env["PATH"] }, home, clock: realClock },
    emit: () => undefined,
    signal: new AbortController().signal,
  };
  const folder = sandboxFolder({ env: {}, home }, "default");
  const charts = join(home, "charts");
  await mkdir(join(charts, "charts", "base", "1.0.0"), { recursive: true });
  const chart = (file: string) => join(charts, "charts", "base", "1.0.0", file);
  await writeFile(chart("Chart.yaml"), "name: base\n");
  // Part of the chart, not of this repository's settings.
  await writeFile(chart(".gitignore"), "*.yaml\n");
  const git = (...args: string[]): string =>
    execFileSync("git", ["--git-dir", folder.mirror, ...args], { encoding: "utf8" }).trim();

  await writeMirror(charts, folder, setting);
  await writeMirror(charts, folder, setting);
  expect(mirrorUrl(folder)).toBe(`file://${folder.mirror}`);
  expect(git("ls-tree", "-r", "--name-only", "main").split("\n")).toEqual([
    "charts/base/1.0.0/.gitignore",
    "charts/base/1.0.0/Chart.yaml",
  ]);
  expect(git("rev-list", "--count", "main")).toBe("1");

  await rm(chart(".gitignore"));
  await writeMirror(charts, folder, setting);
  expect(git("ls-tree", "-r", "--name-only", "main")).toBe("charts/base/1.0.0/Chart.yaml");
  expect(git("rev-list", "--count", "main")).toBe("2");
});
