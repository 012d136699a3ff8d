import { posix } from "node:path";
import type { KustomizeBuild } from "../../src/kustomize/port.ts";
import { field, list, text, texts } from "../../src/lint/fields.ts";
import type { Kustomization } from "../../src/lint/kustomization.ts";
import type { ParsedFile } from "../../src/lint/parse-manifests.ts";

/**
 * Returns what Kustomize prints for a build of resources, components and literals of generators, without patches. Tests
 * that need more run the real one (lint-tree.ts).
 */
export function builtInMemory(
  root: Kustomization,
  closure: readonly Kustomization[],
  files: ReadonlyMap<string, ParsedFile>,
): KustomizeBuild {
  const documents = closure.flatMap(({ manifest, inputs }) => [
    ...inputs
      .filter(({ use }) => use === "resource")
      .flatMap(({ file }) => files.get(file)?.manifests ?? [])
      .map(({ file, value }) => annotated(value, { path: fromRoot(root, file) })),
    ...["secretGenerator", "configMapGenerator"].flatMap((key) =>
      list(manifest.value, key).map((generator) => {
        const isSecret = key === "secretGenerator";
        const pairs = texts(generator, "literals").map((each) => each.split(/=(.*)/s));
        const data = pairs.map(([name = "", value = ""]) => [name, isSecret ? btoa(value) : value]);
        const object = {
          apiVersion: "v1",
          kind: isSecret ? "Secret" : "ConfigMap",
          metadata: { name: `${text(generator, "name")}-hash` },
          data: Object.fromEntries(data),
        };
        const kind = isSecret ? "SecretGenerator" : "ConfigMapGenerator";
        return annotated(object, { configuredIn: fromRoot(root, manifest.file), configuredBy: { kind } });
      }),
    ),
  ]);
  return { outcome: "built", root: "root", output: documents.map((each) => JSON.stringify(each)).join("\n---\n") };
}

function fromRoot({ folder }: Kustomization, file: string): string {
  return posix.join("root", posix.relative(folder, file));
}

function annotated(value: object, origin: object): object {
  const metadata = field(value, "metadata") as { readonly annotations?: object } | undefined;
  const annotations = { ...metadata?.annotations, "config.kubernetes.io/origin": JSON.stringify(origin) };
  return { ...value, metadata: { ...metadata, annotations } };
}
