import { posix } from "node:path";
import { shell } from "../core/shell-words.ts";
import { builtObjects } from "./built-objects.ts";
import { closureOf, type Kustomization, kustomizationOf, type Kustomizations, rootsOf } from "./kustomization.ts";
import { isValuesFile } from "./credentials/values-file.ts";
import type { Manifest } from "./manifest.ts";
import type { ParsedFile } from "./parse-manifests.ts";
import { partialBuild } from "./partial-builds.ts";
import type { ReadTree } from "./read-tree.ts";
import type { Build } from "./build.ts";
import { refusedEntry } from "./refused-entry.ts";
import type { Gap, Unit } from "./unit.ts";
import { isUnusedPatch } from "./unused-patches.ts";

/** Returns every root build, followed by the folders of files that belong to no build. */
export function unitsOf({ files, borrowed, variables, builds }: ReadTree): readonly Unit[] {
  const tree = new Map([...files, ...borrowed].map((file) => [file.file, file]));
  const all = kustomizationsIn([...tree.values()]);
  const used = new Set([...all.values()].flatMap(({ inputs }) => inputs.map(({ file }) => file)));
  const built = rootsOf(all).map((root): Unit => {
    const closure = closureOf(root, all);
    const made = new Set(closure.flatMap(({ manifest, inputs }) => [manifest.file, ...inputs.map(({ file }) => file)]));
    const build = builds.get(root.folder) ?? { outcome: "unknown", reason: "it was not built" };
    const inputs = { folder: root.folder, closure, files: tree, variables };
    if (build.outcome === "built") {
      const manifests = builtObjects(build.output, build.root, inputs);
      return { name: root.folder, manifests, unusedPatches: [], values: [], unbuilt: [], files: made, gaps: [] };
    }
    const gap = gapOf(build, root, closure, tree);
    const isPartial = gap.severity === "unknown" && ("at" in build || root.isComponent);
    const { manifests, unbuilt } = isPartial
      ? partialBuild(root, gap.summary, all, builds, { files: tree, variables })
      : { manifests: [], unbuilt: closure };
    const refused = unbuilt
      .filter((part) => part !== root && !part.isComponent)
      .flatMap((part) => {
        const own = builds.get(part.folder);
        return own?.outcome === "refused" ? [gapOf(own, part, closureOf(part, all), tree)] : [];
      });
    return {
      name: root.folder,
      manifests,
      unusedPatches: [],
      values: [],
      unbuilt: unbuilt.map(({ manifest }) => manifest),
      files: made,
      gaps: [gap, ...refused],
    };
  });
  const plain = new Map<string, { objects: Manifest[]; values: Manifest[] }>();
  for (const file of files) {
    const folder = posix.dirname(file.file);
    const found = plain.get(folder) ?? { objects: [], values: [] };
    found.values.push(...file.others.filter(isValuesFile));
    if (!used.has(file.file) && kustomizationOf(file) === undefined) found.objects.push(...file.manifests);
    plain.set(folder, found);
  }
  const folders = [...plain].map(([name, { objects, values }]): Unit => {
    const unusedPatches = objects.filter((each) => isUnusedPatch(each, all));
    const manifests = objects.filter((each) => !unusedPatches.includes(each));
    const own = new Set(objects.map(({ file }) => file));
    return { name, manifests, unusedPatches, values, unbuilt: [], files: own, gaps: [] };
  });
  return [...built, ...folders.filter(({ files: own, values }) => own.size + values.length > 0)];
}

export function kustomizationsIn(files: readonly ParsedFile[]): Kustomizations {
  return new Map(
    files.flatMap((file) => {
      const own = kustomizationOf(file);
      return own === undefined ? [] : [[own.folder, own] as const];
    }),
  );
}

function gapOf(
  build: Exclude<Build, { outcome: "built" }>,
  root: Kustomization,
  closure: readonly Kustomization[],
  files: ReadonlyMap<string, ParsedFile>,
): Gap {
  const subject = `build ${root.folder}`;
  const file = root.manifest.file;
  if (build.outcome === "unknown") {
    const at = "at" in build ? build.at : undefined;
    const location = at === undefined ? { file } : at.manifest.locate(at.path);
    return {
      location,
      subject,
      summary: build.reason,
      severity: "unknown",
      ...(build.fix === undefined ? {} : { fix: build.fix }),
    };
  }
  if (root.isComponent) {
    const summary = `no kustomization here uses this Component, and it does not build by itself: ${build.message}`;
    return { location: { file }, subject, summary, severity: "unknown" };
  }
  const location = refusedEntry(build.message, closure, files);
  const fix = shell`kubectl kustomize ${root.folder}  # fails in the same way until it is fixed`;
  return { location, subject, summary: `Kustomize rejects the build: ${build.message}`, severity: "fail", fix };
}
