import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { memoryHost } from "../../../test/support/host.ts";
import { readManifests } from "./read-manifests.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "manifests-"));
});
afterEach(() => rm(folder, { recursive: true }));

const object = (kind: string, name: string, more = ""): string =>
  `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n${more}`;
const write = async (path: string, content: string, mode = 0o644): Promise<void> => {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content, { mode });
};

/** Returns the names of the objects for each region; bin/ may contain a program `kustomize`. */
async function read(...regions: string[]): Promise<Record<string, string[]>> {
  const host = memoryHost({ env: { PATH: process.env["PATH"], KUBEBUILDER_ASSETS: join(folder, "bin") } });
  const setting = { host, emit: () => undefined, signal: new AbortController().signal };
  const found = await readManifests(folder, regions, setting, () => undefined);
  return Object.fromEntries([...found].map(([region, objects]) => [region, objects.map((each) => each.metadata.name)]));
}

describe("readManifests", () => {
  it("Manifests in plain files are read completely: namespaces first, then by waves, otherwise in the order of the files", async () => {
    const early = object("Job", "early", '  annotations: {argocd.argoproj.io/sync-wave: "-1"}\n');
    await write("deploy/a.yaml", `${object("Service", "s")}---\n${object("Namespace", "n")}---\n`);
    await write("deploy/more/b.yml", `${object("ServiceAccount", "sa")}---\n${early}`);
    await write("deploy/applications/eu.yaml", object("Application", "a"));
    await write("deploy/README.md", "not: a manifest");
    expect(await read("eu", "us")).toEqual({ eu: ["n", "sa", "early", "s"], us: ["n", "sa", "early", "s"] });
  });

  it("A folder without manifests is rejected", async () => {
    await expect(read("eu")).rejects.toMatchObject({ code: "SANDBOX_MANIFEST_INVALID" });
  });

  describe("of a service with a kustomization", () => {
    beforeEach(async () => {
      await write("bin/kustomize", '#!/bin/sh\ntest "$1" = build && cat "$2/built" && test ! -e "$2/wrong"\n', 0o755);
      await write("deploy/base/kustomization.yaml", "resources: []\n");
      await write("deploy/base/built", object("Service", "of-base"));
      await write("deploy/overlays/eu/kustomization.yml", "resources: [../../base]\n");
      await write("deploy/overlays/eu/built", object("Service", "of-eu"));
      await write("deploy/applications/eu.yaml", object("Application", "a"));
    });

    it("A service with a kustomization is built from each region's overlay, or from the base", async () => {
      expect(await read("eu", "us")).toEqual({ eu: ["of-eu"], us: ["of-base"] });
    });

    it("An error of Kustomize is shown in its own words", async () => {
      await rm(join(folder, "deploy/overlays/eu/built"));
      await expect(read("eu")).rejects.toMatchObject({
        code: "SANDBOX_MANIFEST_INVALID",
        message: expect.stringMatching(/^deploy\/overlays\/eu cannot be built: .*No such file/s) as string,
      });
    });

    it("An incomplete build of Kustomize is not used", async () => {
      await write("deploy/overlays/eu/wrong", "");
      await expect(read("eu")).rejects.toMatchObject({ code: "SANDBOX_MANIFEST_INVALID" });
    });
  });
});
