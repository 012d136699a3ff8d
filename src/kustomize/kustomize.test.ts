import { chmod, writeFile, watch } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { run } from "../../test/support/cli.ts";
import { inFolder, readFolder } from "../../test/support/lint-tree.ts";
import { nonEmpty } from "../../test/support/non-empty.ts";
import { referees } from "../../test/support/referees.ts";
import { withoutNulls } from "../lint/parse-manifests.ts";
import { treeOf } from "../lint/tree.ts";
import { cutDocuments, readDocument, valueOf } from "../core/yaml-documents.ts";
import { createKustomize } from "./kustomize.ts";
import type { KustomizeRoot } from "./port.ts";

vi.setConfig({ testTimeout: 60_000 });

let kubectl = "";

// Installs kubectl first on a machine that does not have it yet.
beforeAll(async () => {
  ({ kubectl } = await referees());
}, 180_000);

const deployment =
  "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: orders }\nspec:\n  template:\n    spec:\n      containers:\n        - { name: app, image: a, envFrom: [{ configMapRef: { name: settings } }, { secretRef: { name: db } }] }\n";
const base = {
  "base/kustomization.yaml":
    "resources: [deployment.yaml]\nconfigMapGenerator: [{ name: settings, literals: [A=1] }]\n",
  "base/deployment.yaml": deployment,
};
const part =
  "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nsecretGenerator: [{ name: db, envs: [db.env] }]\n";

describe("a build through gennet", () => {
  it.each<[string, Record<string, string>]>([
    ["resources and hashed generators", base],
    [
      "prefixes, labels, images, replicas and a namespace",
      {
        ...base,
        "prod/kustomization.yaml":
          "resources: [../base]\nnamespace: shop\nnamePrefix: a-\nnameSuffix: -b\nlabels: [{ pairs: { t: x } }]\nimages: [{ name: a, newTag: '2' }]\nreplicas: [{ name: orders, count: 3 }]\n",
      },
    ],
    [
      "a component, and a generator that merges",
      {
        ...base,
        "part/kustomization.yaml": part,
        "part/db.env": "P=1\n",
        "prod/kustomization.yaml":
          "resources: [../base]\ncomponents: [../part]\nconfigMapGenerator: [{ name: settings, behavior: merge, literals: [B=2] }]\n",
      },
    ],
    [
      "existing annotations, and a label for the managing tool",
      {
        ...base,
        "prod/kustomization.yaml":
          "resources: [../base]\ncommonAnnotations: { a: b }\nbuildMetadata: [managedByLabel]\n",
      },
    ],
    [
      "an object with a hash of its content in its name",
      {
        "kustomization.yaml": "resources: [deployment.yaml]\n",
        "deployment.yaml": deployment.replace(
          "{ name: orders }",
          '{ name: orders, annotations: { kustomize.config.k8s.io/needs-hash: "true" } }',
        ),
      },
    ],
    [
      "a path with a quote and a line feed",
      { "it's\nhere/kustomization.yaml": "resources: [a.yaml]\n", "it's\nhere/a.yaml": deployment },
    ],
  ])("A build through gennet has the same objects as Kustomize's own: %s", async (_, files) => {
    await inFolder(files, async (folder) => {
      const [unit] = treeOf(await readFolder(folder)).units;
      const { exit, stdout } = await run(kubectl, ["kustomize", join(folder, unit?.name ?? "")]);
      expect(exit).toBe(0);
      const theirs = cutDocuments(stdout).map((each) => withoutNulls(valueOf(readDocument(each))));
      const ours = unit?.manifests.map(({ value }) => value) ?? [];
      expect(ours).toHaveLength(theirs.length);
      for (const each of nonEmpty(theirs)) expect(ours.filter((own) => isDeepStrictEqual(own, each))).toHaveLength(1);
    });
  });
});

describe("the program", () => {
  const { signal } = new AbortController();
  const root = (folder: string): KustomizeRoot => ({ folder, isComponent: false, annotated: true, buildMetadata: [] });

  it("The program reaches no network, even for an address that was not recognised", async () => {
    const kustomize = createKustomize({
      env: { ...process.env, PATH: `${dirname(kubectl)}:${process.env["PATH"] ?? ""}` },
      signal,
      own: async () => undefined,
    });
    for (const address of ["https://git.example/a.yaml", "https://git.example/a//b?ref=c"]) {
      await inFolder({ "kustomization.yaml": `resources: ["${address}"]\n` }, async (folder) => {
        expect(await kustomize.build(root(folder))).toMatchObject({ outcome: "unknown" });
      });
    }
  });

  it("The program is stopped by the signal", async () => {
    const script = '#!/bin/sh\nmkdir "$(dirname "$0")/begun"\nexec sleep 60\n';
    await inFolder({ kustomize: script, "a/kustomization.yaml": "" }, async (folder) => {
      await chmod(join(folder, "kustomize"), 0o755);
      const controller = new AbortController();
      const env = { PATH: `${folder}:/bin:/usr/bin` };
      const kustomize = createKustomize({ env, signal: controller.signal, own: async () => undefined });
      const changes = watch(folder);
      const building = kustomize.build(root(join(folder, "a")));
      for await (const { filename } of changes) if (filename === "begun") break;
      controller.abort(new Error("Ctrl-C"));
      await expect(building).rejects.toThrow("Ctrl-C");
    });
  });

  it("The program builds each root once", async () => {
    const script = '#!/bin/sh\necho x >> "$(dirname "$0")/calls"\necho "a: 1"\n';
    await inFolder({ kustomize: script, "a/kustomization.yaml": "" }, async (folder) => {
      await chmod(join(folder, "kustomize"), 0o755);
      await writeFile(join(folder, "calls"), "");
      const env = { PATH: `${folder}:/bin:/usr/bin` };
      const kustomize = createKustomize({ env, signal, own: async () => undefined });
      const one = kustomize.build(root(join(folder, "a")));
      expect(kustomize.build(root(join(folder, "a")))).toBe(one);
      expect(await one).toMatchObject({ outcome: "built" });
      expect((await run("cat", [join(folder, "calls")])).stdout).toBe("x\n");
    });
  });
});
