import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseManifest, readManifests } from "./read-manifests.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "manifests-"));
});
afterEach(() => rm(folder, { recursive: true }));

const object = (kind: string, name: string): string => `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n`;

describe("readManifests", () => {
  it("reads every document below deploy/, namespaces first, else in the files' order", async () => {
    await mkdir(join(folder, "deploy", "more"), { recursive: true });
    await writeFile(join(folder, "deploy", "a.yaml"), `${object("Service", "s")}---\n${object("Namespace", "n")}---\n`);
    await writeFile(join(folder, "deploy", "more", "b.yml"), object("ServiceAccount", "sa"));
    await writeFile(join(folder, "deploy", "README.md"), "not: a manifest");
    const names = (await readManifests(folder)).map(({ metadata }) => metadata.name);
    expect(names).toEqual(["n", "sa", "s"]);
  });

  it("refuses a folder without manifests", async () => {
    await expect(readManifests(folder)).rejects.toMatchObject({ code: "SANDBOX_MANIFEST_INVALID" });
  });
});

describe("parseManifest", () => {
  it("names the place of what is not YAML, and of what is no object", () => {
    expect(() => parseManifest("a: [", "deploy/a.yaml")).toThrow(/^deploy\/a\.yaml:1:\d+: /);
    const second = `${object("Service", "s")}---\nkind: Service\n`;
    expect(() => parseManifest(second, "deploy/a.yaml")).toThrow(/^deploy\/a\.yaml:6:1: expected apiVersion/);
  });
});
