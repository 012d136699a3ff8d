import { posix } from "node:path";
import { list, text, texts } from "./fields.ts";
import { buildUnit, generators, transformers } from "./kustomize-build.ts";
import type { Manifest } from "./manifest.ts";
import type { ParsedFile } from "./parse-manifests.ts";
import { joined, type Unit } from "./unit.ts";

/** Every build that is no part of another, then the folders of files that belong to none. */
export function unitsOf(files: readonly ParsedFile[]): readonly Unit[] {
  const tree = new Map(files.map((file) => [file.file, file]));
  const kustomizations = new Map<string, Manifest>();
  for (const { file, manifests, others } of files) {
    const [own] = [...manifests, ...others];
    if (own !== undefined && isKustomizationFile(file)) kustomizations.set(posix.dirname(file), own);
  }
  const used = new Set(
    [...kustomizations].flatMap(([folder, own]) => inputsOf(own).map((path) => joined(folder, path))),
  );
  const roots = [...kustomizations].filter(([folder, own]) => !used.has(folder) && own.kind !== "Component");
  const builds = roots.map(([folder]) => buildUnit(folder, { tree, kustomizations }));
  const plain = new Map<string, Manifest[]>();
  for (const { file, manifests } of files) {
    if (used.has(file) || isKustomizationFile(file)) continue;
    const folder = posix.dirname(file);
    plain.set(folder, [...(plain.get(folder) ?? []), ...manifests]);
  }
  const folders = [...plain].map(([name, manifests]): Unit => {
    return { name, manifests, files: new Set(manifests.map(({ file }) => file)), gaps: [] };
  });
  return [...builds, ...folders.filter(({ manifests }) => manifests.length > 0)];
}

export function isKustomizationFile(file: string): boolean {
  return /^(kustomization\.ya?ml|Kustomization)$/.test(posix.basename(file));
}

/** Every file and folder a kustomization names. */
function inputsOf({ value }: Manifest): readonly string[] {
  const patches = [...list(value, "patches"), ...list(value, "patchesJson6902")].map((patch) => text(patch, "path"));
  return [
    ...["resources", "bases", "components", "patchesStrategicMerge", "crds", "configurations"].flatMap((key) =>
      texts(value, key),
    ),
    ...[...generators, ...transformers].flatMap((key) => texts(value, key)),
    ...list(value, "replacements").map((each) => text(each, "path")),
    ...patches,
  ].filter((path) => path !== undefined);
}
